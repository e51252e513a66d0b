/* Small dealings with the page that several modules share. */

import { tell } from "./times.js";

const names = new Map();

/** The element that a piece of our own HTML begins with: its times told, its author called as was heard since. */
export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const made = template.content.firstElementChild;
  tell(made);
  sign(made);
  return made;
}

/** What the feed needs to know of an article. */
export function describe({ dataset: { id, version, author }, outerHTML: html }) {
  return { id, version: Number(version), author, html };
}

export const articlesBy = (author) => document.querySelectorAll(`main article[data-author="${author}"]`);

/** An author has a new name and address: write them into the articles here, and into those still to come. */
export function rename(author, person) {
  names.set(author, person);
  articlesBy(author).forEach(sign);
}

function sign(article) {
  const person = names.get(article.dataset.author);
  if (!person) return;
  const handle = `@${person.username}`;
  article.querySelector(".author .name").textContent = person.name;
  article.querySelector(".author .handle").textContent = handle;
  for (const link of article.querySelectorAll(".byline a, .headline a, .more a")) {
    link.setAttribute("href", link.getAttribute("href").replace(/^\/@[^/]+/, `/${handle}`));
  }
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const channelOf = (page) => page.querySelector("main").dataset.channel;

/** Read the page at our own address again; null where it is gone or another now. Tries until the server answers. */
export async function readAgain() {
  for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        return channelOf(page) === channelOf(document) ? page : null;
      }
      if ([403, 404, 410].includes(answer.status)) return null;
    } catch {
      // No network: the next try may find it.
    }
    await pause(wait * (0.5 + Math.random()));
  }
}

/** Do something to the page without moving what is being read. */
export function keepPlace(change) {
  const place = (article) => article?.getBoundingClientRect();
  const anchor = [...document.querySelectorAll("main article")].find((article) => place(article).bottom > 72);
  const before = place(anchor)?.top;
  change();
  if (window.scrollY > 0 && anchor?.isConnected) window.scrollBy({ top: place(anchor).top - before, behavior: "instant" });
}

/** Put `fresh` in the place of `old`, keeping keyboard focus inside where it was. */
export function swap(old, fresh) {
  const focus = [...old.querySelectorAll("a")].indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (focus >= 0) fresh.querySelectorAll("a")[focus]?.focus({ preventScroll: true });
}

let quietUntil = 0;

/** Say something to screen readers, politely and not all the time; `words` is asked when the moment has come. */
export function announce(words) {
  const now = Date.now();
  if (now < quietUntil) return;
  quietUntil = now + 5_000;
  setTimeout(() => (document.querySelector("[data-announcer]").textContent = words()), 1_000);
}
