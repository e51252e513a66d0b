/* Wires up what is on the page. Every page works without it. */

import * as composer from "./composer.js";
import { Live } from "./live.js";
import { element } from "./page.js";
import { PostPage } from "./postpage.js";
import * as preview from "./preview.js";
import { Timeline } from "./timeline.js";
import { keepTelling } from "./times.js";

const WORDS = { live: "Live", "catching-up": "Catching up", offline: "Offline" };

const main = document.querySelector("main");
const { channel, position } = main.dataset;

keepTelling();

for (const form of document.querySelectorAll("[data-editor]")) preview.enhance(form);

if (channel) {
  const reader = channel.startsWith("post:") ? new PostPage() : new Timeline(document.body.dataset.me);
  for (const form of document.querySelectorAll("[data-composer]")) composer.enhance(form, reader, channel);
  goLive(reader);
}

function goLive(reader) {
  const sign = document.querySelector("[data-live]");
  const live = new Live({
    channel,
    position,
    reader,
    open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`),
    onState(state) {
      sign.hidden = false;
      sign.dataset.live = state;
      sign.firstElementChild.textContent = sign.title = WORDS[state];
    },
    onSignedOut: signedOut,
  });
  live.start();
  const check = () => document.hidden || live.check();
  for (const hint of ["visibilitychange", "online", "offline"]) window.addEventListener(hint, check);
  window.addEventListener("pagehide", () => live.stop());
  window.addEventListener("pageshow", ({ persisted }) => persisted && live.start());
}

/* The session is over. The page as a stranger sees it comes next, unless that would throw away a text. */
function signedOut() {
  const unsent = [...document.querySelectorAll("textarea")].some(({ value }) => value.trim());
  // Not at once on a page that has only just come: one that is wrong about its reader must not reload in a loop.
  if (!unsent) setTimeout(() => location.reload(), Math.max(0, 3_000 - performance.now()));
  else if (!document.querySelector("[data-signed-out]")) {
    const words = "You have been signed out. What you wrote is still here: keep a copy before you sign in again.";
    main.prepend(element(`<p class="note" data-signed-out role="alert">${words}</p>`));
  }
}
