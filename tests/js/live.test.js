/* The connection: it resumes where it stopped, drops what it has, notices death, and tells the truth. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Live } from "../../static/js/live.js";

const at = (count) => `aaaaaaaa.${count.toString(16).padStart(16, "0")}`;

let sockets, states, seen, signedOut, live, rereading;

class FakeSocket {
  readyState = 0;
  sent = [];
  constructor() {
    sockets.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close(code) {
    this.readyState = 3;
    this.left = code ?? 1000;
  }
  accept() {
    this.readyState = 1;
    this.onopen({});
  }
  give(frame) {
    this.onmessage({ data: JSON.stringify({ channel: "home", ...frame }) });
  }
  die(code = 1006) {
    this.readyState = 3;
    this.onclose({ code });
  }
}

const last = () => sockets.at(-1);
const state = () => states.at(-1);
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  [sockets, states, seen, signedOut, rereading] = [[], [], [], 0, []];
  live = new Live({
    open: () => new FakeSocket(),
    onState: (value) => states.push(value),
    onSignedOut: () => (signedOut += 1),
    channel: "home",
    position: at(5),
    reader: {
      event: ({ id }) => seen.push(id),
      resync: () => new Promise((resolve) => rereading.push(resolve)),
      gone: () => seen.push("gone"),
    },
  });
  live.start();
});

afterEach(() => {
  live.stop();
  mock.timers.reset();
});

function goLive() {
  last().accept();
  last().give({ op: "subscribed", position: at(5), recovered: true });
  last().give({ op: "current", position: at(9) });
}

test("it subscribes with the page's position and is live only when the replay is over", () => {
  last().accept();
  assert.deepEqual(last().sent, [{ op: "subscribe", channel: "home", position: at(5) }]);
  last().give({ op: "subscribed", position: at(5), recovered: true });
  assert.equal(state(), "catching-up");
  last().give({ op: "event", id: "1", position: at(6) });
  assert.equal(state(), "catching-up");
  last().give({ op: "current", position: at(6) });
  assert.equal(state(), "live");
  assert.deepEqual(seen, ["1"]);
});

test("without a position it is live as soon as it is subscribed", () => {
  last().accept();
  last().give({ op: "subscribed", position: at(5) });
  assert.equal(state(), "live");
});

test("it drops events by a position that it has", () => {
  goLive();
  last().give({ op: "event", id: "old", position: at(9) });
  last().give({ op: "event", id: "new", position: at(10) });
  last().give({ op: "event", id: "again", position: at(10) });
  assert.deepEqual(seen, ["new"]);
});

test("it comes back soon, from the newest position, and says offline only after a try failed", () => {
  goLive();
  last().give({ op: "event", id: "1", position: at(12) });
  last().give({ op: "pong", position: at(20) });
  last().die();
  assert.equal(state(), "catching-up");
  mock.timers.tick(250);
  assert.equal(sockets.length, 2);
  last().die();
  assert.equal(state(), "offline");
  mock.timers.tick(1000);
  assert.equal(sockets.length, 3);
  last().accept();
  assert.deepEqual(last().sent, [{ op: "subscribe", channel: "home", position: at(20) }]);
  assert.equal(state(), "offline");
  last().give({ op: "subscribed", position: at(20), recovered: true });
  last().give({ op: "current", position: at(20) });
  assert.equal(state(), "live");
});

test("a pong that overtakes an event does not swallow it", () => {
  goLive();
  last().give({ op: "pong", position: at(20) });
  last().give({ op: "event", id: "late", position: at(15) });
  assert.deepEqual(seen, ["late"]);
});

test("a pong during the replay does not move the place to resume from", () => {
  last().accept();
  last().give({ op: "subscribed", position: at(5), recovered: true });
  last().give({ op: "pong", position: at(20) });
  last().die();
  mock.timers.tick(250);
  last().accept();
  assert.equal(last().sent[0].position, at(5));
});

test("where the position was too old the page is read again before it is live", async () => {
  last().accept();
  last().give({ op: "subscribed", position: at(50), recovered: false });
  last().give({ op: "current", position: at(50) });
  assert.equal(state(), "catching-up");
  assert.equal(rereading.length, 1);
  rereading[0]();
  await settle();
  assert.equal(state(), "live");
});

test("resync reads the page again, and events go on meanwhile", async () => {
  goLive();
  last().give({ op: "resync" });
  assert.equal(state(), "catching-up");
  last().give({ op: "event", id: "1", position: at(10) });
  assert.deepEqual(seen, ["1"]);
  rereading[0]();
  await settle();
  assert.equal(state(), "live");
});

test("a page read again for a connection that is gone does not make it live", async () => {
  goLive();
  last().give({ op: "resync" });
  last().die();
  rereading[0]();
  await settle();
  assert.notEqual(state(), "live");
});

test("a silent connection is pinged, and given up when it stays silent", () => {
  goLive();
  mock.timers.tick(20_000);
  assert.deepEqual(last().sent.at(-1), { op: "ping" });
  mock.timers.tick(9_999);
  assert.equal(state(), "live");
  mock.timers.tick(1);
  assert.notEqual(state(), "live");
  assert.equal(sockets[0].left, 1000);
  mock.timers.tick(250);
  assert.equal(sockets.length, 2);
});

test("a connection that does not open is given up", () => {
  mock.timers.tick(10_000);
  mock.timers.tick(250);
  assert.equal(sockets.length, 2);
});

test("coming back to the page asks at once", () => {
  goLive();
  live.check();
  assert.deepEqual(last().sent.at(-1), { op: "ping" });
  mock.timers.tick(3_000);
  mock.timers.tick(250);
  assert.equal(sockets.length, 2);
  last().die();
  live.check();
  assert.equal(sockets.length, 3);
});

test("a session that ended is told once and not retried", () => {
  goLive();
  last().die(4001);
  mock.timers.tick(120_000);
  assert.equal(signedOut, 1);
  assert.equal(sockets.length, 1);
  assert.equal(state(), "offline");
});

test("a restart brings it back within two seconds", () => {
  goLive();
  mock.timers.tick(15_000);
  last().die(1012);
  mock.timers.tick(2_000);
  assert.equal(sockets.length, 2);
});

test("tries that keep failing come further and further apart", () => {
  for (let tries = 0; tries < 200 && sockets.length < 8; tries += 1) {
    if (last().readyState === 0) last().die();
    mock.timers.tick(1_000);
  }
  const before = sockets.length;
  last().die();
  mock.timers.tick(10_000);
  assert.equal(sockets.length, before);
});

test("a channel that is gone is said, and the connection ends", () => {
  last().accept();
  last().give({ op: "error", code: "not_found", message: "…" });
  assert.deepEqual(seen, ["gone"]);
  assert.equal(last().left, 1000);
});

test("leaving the page closes, coming back resumes", () => {
  goLive();
  live.stop();
  assert.equal(sockets[0].left, 1000);
  live.start();
  last().accept();
  assert.equal(last().sent[0].position, at(9));
});

test("a connection that caught up while the page was being read is live once it has been", async () => {
  last().accept();
  last().give({ op: "subscribed", position: at(5), recovered: true });
  last().give({ op: "current", position: at(5) });
  last().give({ op: "resync" });
  last().die();
  mock.timers.tick(5_000);
  last().accept();
  last().give({ op: "subscribed", position: at(5), recovered: true });
  last().give({ op: "current", position: at(6) });
  assert.equal(state(), "catching-up");
  rereading[0]();
  await settle();
  assert.equal(state(), "live");
});
