/* Wires up what is on the page. Every page works without it. */

import * as composer from "./composer.js";
import { Live } from "./live.js";
import { PostPage } from "./postpage.js";
import * as preview from "./preview.js";
import { Timeline } from "./timeline.js";
import { keepTelling } from "./times.js";

const WORDS = { live: "Live", "catching-up": "Catching up", offline: "Offline" };

const main = document.querySelector("main");
const { channel, position } = main.dataset;
const me = document.body.dataset.me ?? "";

keepTelling();

for (const form of document.querySelectorAll("[data-editor]")) preview.enhance(form);

if (channel) {
  const reader = channel.startsWith("post:") ? new PostPage() : new Timeline(me);
  const form = document.querySelector("[data-composer]");
  if (form) composer.enhance(form, reader, channel);
  goLive(reader);
}

function goLive(reader) {
  const sign = document.querySelector("[data-live]");
  const live = new Live({
    open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`),
    onState(state) {
      sign.hidden = false;
      sign.dataset.live = state;
      sign.firstElementChild.textContent = WORDS[state];
      sign.title = WORDS[state];
    },
    onSignedOut: signedOut,
  });
  live.subscribe(channel, position, reader);
  live.start();
  const check = () => document.hidden || live.check();
  document.addEventListener("visibilitychange", check);
  window.addEventListener("online", check);
  window.addEventListener("offline", check);
  window.addEventListener("pagehide", () => live.stop());
  window.addEventListener("pageshow", ({ persisted }) => persisted && live.start());
}

/* The session is over. The page as a stranger sees it comes next, unless that would throw away a text. */
function signedOut() {
  const unsent = [...document.querySelectorAll("textarea")].some(({ value }) => value.trim());
  // Not at once on a page that has only just come: should it be wrong about its reader, it must not reload in a loop.
  if (!unsent) setTimeout(() => location.reload(), Math.max(0, 3_000 - performance.now()));
  else if (!document.querySelector("[data-signed-out]")) {
    const note = document.createElement("p");
    note.className = "note";
    note.dataset.signedOut = "";
    note.setAttribute("role", "alert");
    note.textContent = "You have been signed out. What you wrote is still here: keep a copy before you sign in again.";
    main.prepend(note);
  }
}
