/* A list of posts on the page: news wait behind the pill, edits and removals happen in place, the reader stays put. */

import { Feed } from "./feed.js";
import { announce, describe, element, keepPlace, pause, readAgain, rename, swap } from "./page.js";
import { compareIds } from "./positions.js";

const TOP = 100;
const BATCH = 10;

const atTop = () => window.scrollY < TOP;
const articles = (page) => [...page.querySelectorAll("[data-list] > article")];

/* The posts on a page, and whether there are older ones. */
const contents = (page) => [articles(page).map(describe), Boolean(page.querySelector(".older a"))];

export class Timeline {
  #list = document.querySelector("[data-list]");
  #pill = document.querySelector("[data-new]");
  #empty = document.querySelector("[data-empty]");
  #title = document.title;
  #feed;
  #asked = false;
  #anew = false;
  #reading = null;

  constructor(me) {
    const [posts, more] = contents(document);
    this.#feed = new Feed({ posts, more, me });
    this.#pill.addEventListener("click", () => this.#show());
  }

  event(frame) {
    this.#apply(this.#feed.take(frame, atTop()));
  }

  /** Read the page again; who asks while that is under way has it read once more after it. */
  resync() {
    this.#asked = true;
    return (this.#reading ??= this.#readUntilNobodyAsks());
  }

  async #readUntilNobodyAsks() {
    while (this.#asked) {
      this.#asked = false;
      this.#feed.reading();
      const page = await readAgain();
      if (!page) location.reload();
      else if (this.#anew) this.#beginAnew(page);
      else this.#apply(this.#feed.merge(...contents(page), atTop()));
    }
    this.#reading = null;
  }

  #beginAnew(page) {
    const [posts, more] = contents(page);
    this.#list.replaceChildren(...posts.map(({ html }) => element(html)));
    document.querySelector(".older")?.remove();
    this.#list.after(page.querySelector(".older") ?? "");
    this.#anew = this.#pill.disabled = false;
    this.#asked ||= this.#feed.unsettled;
    this.#feed.reset(posts, more);
    this.#tell();
  }

  async gone() {
    if (!(await readAgain())) location.reload();
  }

  /** This window sent the post `id`: whether it stands in the list within `patience` milliseconds. */
  async own(id, patience) {
    this.#apply(this.#feed.own(id));
    const isShown = () => this.#feed.shown.has(id);
    for (const end = Date.now() + patience; !isShown() && Date.now() < end; ) await pause(50);
    return isShown();
  }

  async #show() {
    const operations = this.#feed.release(BATCH);
    if (operations[0]?.do === "reload") {
      this.#anew = this.#pill.disabled = true;
      await this.resync();
    } else this.#apply(operations);
    this.#goToFirst();
    // The rest follows below it, a few a frame: the page never stands still.
    while (this.#feed.count && !this.#feed.overflow) {
      await pause(0);
      this.#apply(this.#feed.release(BATCH));
    }
  }

  #goToFirst() {
    const first = articles(document)[0];
    if (!first) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    const { top } = first.getBoundingClientRect();
    if (top < 60 || top > window.innerHeight * 0.7) first.scrollIntoView({ block: "start", behavior: "instant" });
  }

  #apply(operations) {
    if (operations.length) {
      const change = () => operations.forEach((operation) => this.#carryOut(operation));
      // At the very top an own post may push the rest down: it is what the reader waits for.
      if (atTop()) change();
      else keepPlace(change);
    }
    this.#tell();
  }

  #carryOut({ do: what, id, html, person }) {
    if (what === "resync") return this.resync();
    if (what === "rename") return rename(id, person);
    const there = this.#list.querySelector(`article[data-id="${id}"]`);
    if (what === "remove") there?.remove();
    else if (what === "replace" && there) swap(there, element(html));
    else if (what === "insert" && !there) {
      const article = element(html);
      article.classList.add("arrived");
      const next = articles(document).find((other) => compareIds(other.dataset.id, id) < 0);
      this.#list.insertBefore(article, next ?? null);
    }
  }

  #tell() {
    const { count, label, shown } = this.#feed;
    const text = count ? label : "";
    if (this.#empty) this.#empty.hidden = shown.size > 0;
    if (this.#pill.textContent === text) return;
    this.#pill.textContent = text;
    this.#pill.hidden = !count;
    document.title = count ? `(${label.split(" ")[0]}) ${this.#title}` : this.#title;
    if (count) announce(() => this.#pill.textContent);
  }
}
