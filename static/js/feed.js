/* What a list of posts shows, what waits behind the pill, and what each event does to both. Knows no page.

   Every method that changes the list gives operations for the page to carry out:
   {do: "insert" | "replace", id, html}, {do: "remove", id}, {do: "reload"} (read the first page anew),
   {do: "rename", id, person} (`id` of the author), {do: "resync"} (read the page again and `merge` it). */

import { compareIds } from "./positions.js";

const AUTHOR = /^<article[^>]*? data-author="(\d+)"/;

export class Feed {
  shown = new Map();
  pending = new Map();
  overflow = false;
  #me;
  #limit;
  #floor = "0";
  #sent = new Set();
  #gone = new Set();
  #arrived = new Set();
  #left = new Set();
  #counted = 0;

  /** `posts` as on the page, `more` whether there are older ones than these, `me` the reader's id or "". */
  constructor({ posts, more, me = "", limit = 200 }) {
    this.#me = me;
    this.#limit = limit;
    this.reset(posts, more);
  }

  /** Begin anew with what a page shows. */
  reset(posts, more) {
    this.shown = new Map(posts.map(({ id, version, author }) => [id, { version, author }]));
    this.pending.clear();
    this.overflow = false;
    this.#counted = 0;
    this.#floor = more ? lowest(posts) : "0";
  }

  /** How many posts wait. */
  get count() {
    return this.overflow ? this.#counted : this.pending.size;
  }

  /** The words of the pill. */
  get label() {
    return `${this.count}${this.overflow ? "+" : ""} new post${this.count === 1 ? "" : "s"}`;
  }

  /** What a frame does; `atTop` is whether the reader is where an own post may appear at once. */
  take({ name, id, version, html, person }, atTop) {
    switch (name) {
      case "post.published":
      case "post.restored":
      case "post.edited":
        if (!html) return [];
        this.#arrived.add(id);
        this.#gone.delete(id);
        return this.#put({ id, version, html, author: AUTHOR.exec(html)?.[1] }, atTop, name !== "post.edited");
      case "post.removed":
      case "post.hidden":
        this.#gone.add(id);
        return this.#remove(id);
      case "person.changed":
        return person ? [{ do: "rename", id, person }] : [];
      case "person.restored":
        // Which of their posts belong here only the server knows.
        this.#left.delete(id);
        return [{ do: "resync" }];
      case "person.removed":
        this.#left.add(id);
        return [...this.shown, ...this.pending].flatMap(([post, { author }]) => (author === id ? this.#remove(post) : []));
      default:
        return [];
    }
  }

  /** This window sent the post `id`: it need not wait. */
  own(id) {
    this.#sent.add(id);
    const waiting = this.pending.get(id);
    return waiting ? this.#insert(id, waiting) : [];
  }

  /** The newest `most` of what waits, newest first. */
  release(most = Infinity) {
    if (this.overflow) return [{ do: "reload" }];
    return [...this.pending]
      .sort(([a], [b]) => compareIds(b, a))
      .slice(0, most)
      .flatMap(([id, post]) => this.#insert(id, post));
  }

  /** The page is about to be read again: from here on note what happens meanwhile. */
  reading() {
    this.#gone.clear();
    this.#arrived.clear();
    this.#left.clear();
  }

  /** Whether anything happened since `reading`. */
  get unsettled() {
    return this.#gone.size + this.#arrived.size + this.#left.size > 0;
  }

  /** The page was read again, and has `posts`. What is new to this reader waits; the rest is put right in place. */
  merge(posts, more, atTop) {
    const floor = more ? lowest(posts) : "0";
    const fresh = new Set(posts.map(({ id }) => id));
    const missing = [...this.shown.keys(), ...this.pending.keys()].filter(
      (id) => compareIds(id, floor) >= 0 && !fresh.has(id) && !this.#arrived.has(id),
    );
    const newest = [...this.shown.keys()].reduce((a, b) => (compareIds(a, b) > 0 ? a : b), "0");
    const gap = this.shown.size > 0 && compareIds(floor, newest) > 0;
    const operations = missing.flatMap((id) => this.#remove(id));
    for (const post of posts) {
      if (!this.#gone.has(post.id) && !this.#left.has(post.author)) operations.push(...this.#put(post, atTop && !gap, true));
    }
    if (gap) this.#spill();
    return operations;
  }

  #put(post, atTop, mayAppear) {
    const { id, version, html, author } = post;
    const shown = this.shown.get(id);
    if (shown) {
      if (version <= shown.version) return [];
      shown.version = version;
      return [{ do: "replace", id, html }];
    }
    const waiting = this.pending.get(id);
    if (waiting) {
      if (version > waiting.version) this.pending.set(id, { version, html, author });
      return [];
    }
    if (!mayAppear || compareIds(id, this.#floor) < 0) return [];
    if (author === this.#me && (atTop || this.#sent.has(id))) return this.#insert(id, { version, html, author });
    if (this.overflow) this.#counted += 1;
    else this.pending.set(id, { version, html, author });
    if (this.pending.size > this.#limit) this.#spill();
    return [];
  }

  /* Too many to hold, or not known to be all: count on, and read the page when they are asked for. */
  #spill() {
    this.#counted = this.count;
    this.overflow = true;
    this.pending.clear();
  }

  #insert(id, { version, html, author }) {
    this.pending.delete(id);
    this.shown.set(id, { version, author });
    return [{ do: "insert", id, html }];
  }

  #remove(id) {
    this.pending.delete(id);
    return this.shown.delete(id) ? [{ do: "remove", id }] : [];
  }
}

function lowest(posts) {
  return posts.reduce((low, { id }) => (!low || compareIds(id, low) < 0 ? id : low), "") || "0";
}
