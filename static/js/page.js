/* Small dealings with the page that several modules share. */

import { tell } from "./times.js";

/** The element that a piece of our own HTML begins with, its times told. */
export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const made = template.content.firstElementChild;
  tell(made);
  return made;
}

/** What the feed needs to know of an article. */
export function describe(article) {
  const { id, version, author } = article.dataset;
  return { id, version: Number(version), author };
}

/** Read the page at our own address again; null where it is gone or another now. Tries until the server answers. */
export async function readAgain() {
  for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        return channelOf(page) === channelOf(document) ? page : null;
      }
      if (answer.status === 404 || answer.status === 410 || answer.status === 403) return null;
    } catch {
      // No network: the next try may find it.
    }
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
  }
}

function channelOf(page) {
  return page.querySelector("main").dataset.channel;
}

/** Do something to the page without moving what is being read. */
export function keepPlace(change) {
  const anchor = [...document.querySelectorAll("main article")].find((a) => a.getBoundingClientRect().bottom > 72);
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (window.scrollY > 0 && anchor?.isConnected) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
}

/** Put `fresh` in the place of `old`, keeping keyboard focus inside where it was. */
export function swap(old, fresh) {
  const links = [...old.querySelectorAll("a")];
  const focus = links.indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (focus >= 0) fresh.querySelectorAll("a")[focus]?.focus({ preventScroll: true });
}

/** Write an author's new name and address into one of their articles. */
export function rename(article, { username, name }) {
  const address = /^\/@[^/]+/;
  article.querySelector(".author .name").textContent = name;
  article.querySelector(".author .handle").textContent = `@${username}`;
  for (const link of article.querySelectorAll(".byline a, .headline a, .more a")) {
    link.setAttribute("href", link.getAttribute("href").replace(address, `/@${username}`));
  }
}

let quietUntil = 0;

/** Say something to screen readers, politely and not all the time; `words` is asked when the moment has come. */
export function announce(words) {
  const now = Date.now();
  if (now < quietUntil) return;
  quietUntil = now + 5_000;
  setTimeout(() => (document.querySelector("[data-announcer]").textContent = words()), 1_000);
}
