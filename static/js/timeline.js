/* A list of posts on the page: news wait behind the pill, edits and removals happen in place, the reader stays put. */

import { Feed } from "./feed.js";
import { announce, describe, element, keepPlace, readAgain, rename, swap } from "./page.js";
import { compareIds } from "./positions.js";

const TOP = 100;
const BATCH = 10;

export class Timeline {
  #list = document.querySelector("[data-list]");
  #pill = document.querySelector("[data-new]");
  #empty = document.querySelector("[data-empty]");
  #title = document.title;
  #feed;
  #names = new Map();
  #asked = false;
  #reading = null;

  constructor(me) {
    this.#feed = new Feed({ posts: this.#articles().map(describe), more: hasOlder(document), me });
    this.#pill.addEventListener("click", () => this.#show());
  }

  event(frame) {
    this.#apply(this.#feed.take(frame, window.scrollY < TOP));
  }

  /** Read the page again; who asks while that is under way has it read once more after it. */
  resync() {
    this.#asked = true;
    return (this.#reading ??= this.#readUntilNobodyAsks());
  }

  async #readUntilNobodyAsks() {
    while (this.#asked) {
      this.#asked = false;
      await this.#mergeAgain();
    }
    this.#reading = null;
  }

  async #mergeAgain() {
    this.#feed.reading();
    const page = await readAgain();
    if (!page) return location.reload();
    const posts = [...page.querySelectorAll("[data-list] > article")];
    this.#apply(
      this.#feed.merge(
        posts.map((article) => ({ ...describe(article), html: article.outerHTML })),
        hasOlder(page),
        window.scrollY < TOP,
      ),
    );
  }

  async gone() {
    if (!(await readAgain())) location.reload();
  }

  /** This window sent the post `id`: whether it stands in the list within `patience` milliseconds. */
  async own(id, patience) {
    this.#apply(this.#feed.own(id));
    for (const end = Date.now() + patience; Date.now() < end; ) {
      if (this.#feed.shown.has(id)) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.#feed.shown.has(id);
  }

  async #show() {
    const operations = this.#feed.release(BATCH);
    if (operations[0]?.do === "reload") await this.#reload();
    else this.#apply(operations);
    this.#goToFirst();
    // The rest follows below it, a few a frame: the page never stands still.
    while (this.#feed.count && !this.#feed.overflow) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#apply(this.#feed.release(BATCH));
    }
  }

  #goToFirst() {
    const first = this.#articles()[0];
    if (!first) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    const { top } = first.getBoundingClientRect();
    if (top < 60 || top > window.innerHeight * 0.7) first.scrollIntoView({ block: "start", behavior: "instant" });
  }

  async #reload() {
    this.#pill.disabled = true;
    this.#feed.reading();
    const page = await readAgain();
    this.#pill.disabled = false;
    if (!page) return location.reload();
    const fresh = [...page.querySelectorAll("[data-list] > article")].map((article) => element(article.outerHTML));
    this.#list.replaceChildren(...fresh);
    document.querySelector(".older")?.remove();
    this.#list.after(page.querySelector(".older") ?? "");
    const unsettled = this.#feed.unsettled;
    this.#feed.reset(fresh.map(describe), hasOlder(page));
    if (unsettled) await this.resync();
    else this.#tell();
  }

  #apply(operations) {
    if (operations.length) {
      const change = () => operations.forEach((operation) => this.#carryOut(operation));
      // At the very top an own post may push the rest down: it is what the reader waits for.
      if (window.scrollY < TOP) change();
      else keepPlace(change);
    }
    this.#tell();
  }

  #carryOut({ do: what, id, html, person }) {
    if (what === "resync") return this.resync();
    if (what === "rename") return this.#rename(id, person);
    const there = this.#list.querySelector(`article[data-id="${id}"]`);
    if (what === "remove") there?.remove();
    else if (what === "replace" && there) swap(there, this.#element(html));
    else if (what === "insert" && !there) {
      const article = this.#element(html);
      article.classList.add("arrived");
      const next = this.#articles().find((other) => compareIds(other.dataset.id, id) < 0);
      this.#list.insertBefore(article, next ?? null);
    }
  }

  /* What was rendered before a change of name, and what a page read just now still says, gets the new one here. */
  #element(html) {
    const article = element(html);
    const person = this.#names.get(article.dataset.author);
    if (person) rename(article, person);
    return article;
  }

  #rename(author, person) {
    this.#names.set(author, person);
    for (const article of this.#articles()) if (article.dataset.author === author) rename(article, person);
  }

  #tell() {
    const { count, label } = this.#feed;
    const text = count ? label : "";
    if (this.#empty) this.#empty.hidden = this.#feed.shown.size > 0;
    if (this.#pill.textContent === text) return;
    this.#pill.textContent = text;
    this.#pill.hidden = !count;
    document.title = count ? `(${label.split(" ")[0]}) ${this.#title}` : this.#title;
    if (count) announce(() => this.#pill.textContent);
  }

  #articles() {
    return [...this.#list.querySelectorAll(":scope > article")];
  }
}

function hasOlder(page) {
  return Boolean(page.querySelector(".older a"));
}
