/* The live socket: keeps a connection, resumes where it stopped, and tells the truth about it.

   A reader that subscribes has three methods: event(frame) for what happened, resync() -> Promise for "read the page
   again", and gone() where the channel does not exist any more. docs/live.md describes the frames. */

import { delay } from "./backoff.js";
import { isRead, later } from "./positions.js";

const OPENING = 10_000;
const PING_EVERY = 20_000;
const PONG_WITHIN = 10_000;
const HASTY_PONG_WITHIN = 3_000;
const STEADY = 10_000;

export class Live {
  #open;
  #onState;
  #onSignedOut;
  #subscriptions = new Map();
  #socket = null;
  #state = "";
  #attempt = -1;
  #currentSince = 0;
  #stopped = true;
  #retry = 0;
  #beat = 0;
  #deadline = 0;

  /** `open()` gives a WebSocket; `onState` hears "live", "catching-up" or "offline"; `onSignedOut` that the session ended. */
  constructor({ open, onState, onSignedOut }) {
    this.#open = open;
    this.#onState = onState;
    this.#onSignedOut = onSignedOut;
  }

  /** Follow a channel from the position at which the page was read. Comes before `start`. */
  subscribe(channel, position, reader) {
    this.#subscriptions.set(channel, { channel, position, resume: position, reader, current: false });
  }

  start() {
    this.#stopped = false;
    this.#tell("catching-up");
    this.#connect();
  }

  /** Leave quietly, such as into the back-forward cache; `start` comes back with the last positions. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#drop()?.close(1000);
  }

  /** Something hints that the connection may have died or can come back: find out now. */
  check() {
    if (this.#stopped) return;
    if (!this.#socket) this.#connect();
    else if (this.#socket.readyState === 1) this.#ping(HASTY_PONG_WITHIN);
  }

  #connect() {
    clearTimeout(this.#retry);
    const socket = (this.#socket = this.#open());
    this.#deadline = setTimeout(() => this.#giveUp(), OPENING);
    const mine = (act) => (event) => socket === this.#socket && act(event);
    socket.onopen = mine(() => this.#opened());
    socket.onmessage = mine(({ data }) => this.#read(JSON.parse(data)));
    socket.onclose = mine(({ code }) => this.#closed(code));
  }

  #opened() {
    this.#alive();
    for (const subscription of this.#subscriptions.values()) this.#ask(subscription);
  }

  #ask(subscription) {
    const { channel, resume } = subscription;
    this.#send({ op: "subscribe", channel, position: resume || undefined });
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  /* Any frame proves that the other side is there; the next proof is due after a ping. */
  #alive() {
    clearTimeout(this.#deadline);
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => this.#ping(PONG_WITHIN), PING_EVERY);
  }

  #ping(patience) {
    clearTimeout(this.#beat);
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#giveUp(), patience);
    this.#send({ op: "ping" });
  }

  /* A dead connection may take minutes to close: leave it to itself. */
  #giveUp() {
    this.#drop().close();
    this.#lost(0);
  }

  #drop() {
    clearTimeout(this.#deadline);
    clearTimeout(this.#beat);
    const socket = this.#socket;
    this.#socket = null;
    for (const subscription of this.#subscriptions.values()) subscription.current = false;
    return socket;
  }

  #closed(code) {
    this.#drop();
    if (code === 4001) this.#signedOut();
    else this.#lost(code);
  }

  #signedOut() {
    this.stop();
    this.#tell("offline");
    this.#onSignedOut();
  }

  #lost(code) {
    const steady = this.#currentSince && Date.now() - this.#currentSince > STEADY;
    this.#attempt = steady ? 0 : this.#attempt + 1;
    this.#currentSince = 0;
    this.#tell(this.#attempt === 0 ? "catching-up" : "offline");
    this.#retry = setTimeout(() => this.#connect(), delay(this.#attempt, code));
  }

  #read(frame) {
    this.#alive();
    if (frame.op === "pong") {
      // A pong may overtake what still waits: it moves where to resume, never what counts as read.
      for (const subscription of this.#subscriptions.values()) {
        if (subscription.current) subscription.resume = later(frame.position, subscription.resume);
      }
      return;
    }
    const subscription = this.#subscriptions.get(frame.channel);
    if (frame.op === "error") this.#refused(frame, subscription);
    else if (subscription) this.#advance(frame, subscription);
  }

  #advance(frame, subscription) {
    switch (frame.op) {
      case "subscribed":
        subscription.position = subscription.resume = frame.position;
        if (frame.recovered === false) this.#resync(subscription);
        else if (frame.recovered === undefined) this.#current(subscription);
        else this.#tell("catching-up");
        break;
      case "event":
        if (isRead(frame.position, subscription.position)) break;
        subscription.position = frame.position;
        subscription.resume = later(frame.position, subscription.resume);
        subscription.reader.event(frame);
        break;
      case "current":
        subscription.position = later(frame.position, subscription.position);
        subscription.resume = later(frame.position, subscription.resume);
        if (!subscription.reading) this.#current(subscription);
        break;
      case "resync":
        this.#resync(subscription);
        break;
    }
  }

  async #resync(subscription) {
    const socket = this.#socket;
    const reading = (subscription.reading = Symbol("reading"));
    subscription.current = false;
    this.#tell("catching-up");
    await subscription.reader.resync();
    if (subscription.reading !== reading) return;
    subscription.reading = null;
    if (socket === this.#socket) this.#current(subscription);
  }

  #current(subscription) {
    subscription.current = true;
    if (![...this.#subscriptions.values()].every(({ current }) => current)) return;
    this.#currentSince ||= Date.now();
    this.#tell("live");
  }

  #refused({ code, channel }, subscription) {
    if (code === "sign_in") this.#signedOut();
    else if (subscription && (code === "not_found" || code === "unknown_channel")) {
      this.#subscriptions.delete(channel);
      subscription.reader.gone();
      if (this.#subscriptions.size) return;
      this.stop();
      this.#tell("offline");
    }
  }

  #tell(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state);
  }
}
