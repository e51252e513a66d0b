/* The live socket: keeps a connection, resumes where it stopped, and tells the truth about it.

   The channel's reader has three methods: event(frame), resync() -> Promise for "read the page again", and gone()
   when the channel is no more. docs/live.md describes the frames. */

import { delay } from "./backoff.js";
import { isRead, later } from "./positions.js";

const OPENING = 10_000;
const PING_EVERY = 20_000;
const PONG_WITHIN = 10_000;
const HASTY_PONG_WITHIN = 3_000;
const STEADY = 10_000;

export class Live {
  #page;
  #channel;
  #reader;
  #position;
  #resume;
  #reading = null;
  #caughtUp = null;
  #socket = null;
  #state = "";
  #attempt = -1;
  #liveSince = 0;
  #stopped = true;
  #timer;

  /** From `position` the page was read. `open()` gives a WebSocket; `onState` hears "live", "catching-up" or "offline";
      `onSignedOut` that the session ended. */
  constructor({ channel, position, reader, ...page }) {
    this.#channel = channel;
    this.#position = this.#resume = position;
    this.#reader = reader;
    this.#page = page;
  }

  start() {
    this.#stopped = false;
    this.#tell("catching-up");
    this.#connect();
  }

  /** Leave quietly, such as into the back-forward cache; `start` resumes. */
  stop() {
    this.#stopped = true;
    this.#drop()?.close(1000);
  }

  /** The connection may have died, or may come back: find out now. */
  check() {
    if (this.#stopped) return;
    if (!this.#socket) this.#connect();
    else if (this.#socket.readyState === 1) this.#ping(HASTY_PONG_WITHIN);
  }

  #connect() {
    const socket = (this.#socket = this.#page.open());
    this.#next(() => this.#giveUp(), OPENING);
    const mine = (act) => (event) => socket === this.#socket && act(event);
    socket.onopen = mine(() => {
      this.#alive();
      this.#send({ op: "subscribe", channel: this.#channel, position: this.#resume || undefined });
    });
    socket.onmessage = mine(({ data }) => this.#read(JSON.parse(data)));
    socket.onclose = mine(({ code }) => {
      this.#drop();
      if (code === 4001) this.#signedOut();
      else this.#lost(code);
    });
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  /* Any frame proves that the other side is there; the next proof is due after a ping. */
  #alive() {
    this.#next(() => this.#ping(PONG_WITHIN), PING_EVERY);
  }

  #ping(patience) {
    this.#next(() => this.#giveUp(), patience);
    this.#send({ op: "ping" });
  }

  /* One thing is due next: a ping, giving up, or another try. */
  #next(act, wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, wait);
  }

  /* A dead connection may take minutes to close: leave it to itself. */
  #giveUp() {
    this.#drop().close();
    this.#lost();
  }

  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    return socket;
  }

  #signedOut() {
    this.#end();
    this.#page.onSignedOut();
  }

  #end() {
    this.stop();
    this.#tell("offline");
  }

  #lost(code) {
    const steady = this.#liveSince && Date.now() - this.#liveSince > STEADY;
    this.#attempt = steady ? 0 : this.#attempt + 1;
    this.#liveSince = 0;
    this.#tell(this.#attempt === 0 ? "catching-up" : "offline");
    this.#next(() => this.#connect(), delay(this.#attempt, code));
  }

  #read(frame) {
    this.#alive();
    const { op, code, channel, position, recovered } = frame;
    // A pong may overtake what still waits: it moves where to resume, never what counts as read.
    if (op === "pong" && this.#state === "live") this.#resume = later(position, this.#resume);
    if (op === "error" && code === "sign_in") this.#signedOut();
    if (channel !== this.#channel) return;
    switch (op) {
      case "subscribed":
        this.#position = this.#resume = position;
        if (recovered === false) this.#resync();
        else if (recovered === undefined) this.#live();
        else this.#tell("catching-up");
        break;
      case "event":
        if (isRead(position, this.#position)) break;
        this.#moveOn(position);
        this.#reader.event(frame);
        break;
      case "current":
        this.#moveOn(position);
        this.#caughtUp = this.#socket;
        if (!this.#reading) this.#live();
        break;
      case "resync":
        this.#resync();
        break;
      case "error":
        if (code !== "not_found" && code !== "unknown_channel") break;
        this.#reader.gone();
        this.#end();
    }
  }

  #moveOn(position) {
    this.#position = later(position, this.#position);
    this.#resume = later(position, this.#resume);
  }

  async #resync() {
    const socket = this.#socket;
    const reading = (this.#reading = {});
    this.#tell("catching-up");
    await this.#reader.resync();
    if (this.#reading !== reading) return;
    this.#reading = null;
    // The connection may be another by now, and have caught up while the page was being read.
    if (this.#socket && [socket, this.#caughtUp].includes(this.#socket)) this.#live();
  }

  #live() {
    this.#liveSince ||= Date.now();
    this.#tell("live");
  }

  #tell(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#page.onState(state);
  }
}
