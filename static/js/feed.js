/* What a list of posts shows, what waits behind the pill, and what each event does to both. Knows no page.

   What changes the list gives operations for the page to carry out: {do: "insert" | "replace", id, html},
   {do: "remove", id}, {do: "reload"} (read the first page anew), {do: "rename", id, person} (`id` of the author),
   {do: "resync"} (read the page again and `merge` it). */

import { compareIds } from "./positions.js";

const AUTHOR = /^<article[^>]*? data-author="(\d+)"/;

export class Feed {
  shown = new Map();
  pending = new Map();
  overflow = false;
  #me;
  #limit;
  #floor;
  #sent = new Set();
  #heard = new Map();
  #left = new Set();
  #counted;

  /** `posts` as on the page, `more` whether there are older ones, `me` the reader's id or "". */
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
    this.#floor = lowest(posts, more);
  }

  /** How many wait. */
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
        this.#heard.set(id, true);
        return this.#put({ id, version, html, author: AUTHOR.exec(html)?.[1] }, atTop, name !== "post.edited");
      case "post.removed":
      case "post.hidden":
        this.#heard.set(id, false);
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
    return waiting ? this.#insert(waiting) : [];
  }

  /** The newest `most` of what waits, newest first. */
  release(most = Infinity) {
    if (this.overflow) return [{ do: "reload" }];
    return [...this.pending.values()]
      .sort((a, b) => compareIds(b.id, a.id))
      .slice(0, most)
      .flatMap((post) => this.#insert(post));
  }

  /** The page is about to be read again: from here on note what happens meanwhile. */
  reading() {
    this.#heard.clear();
    this.#left.clear();
  }

  /** Whether anything happened since `reading`. */
  get unsettled() {
    return this.#heard.size + this.#left.size > 0;
  }

  /** The page was read again, and has `posts`. What is new waits; the rest is put right in place. */
  merge(posts, more, atTop) {
    const floor = lowest(posts, more);
    const known = [...this.shown.keys()];
    const gap = known.length > 0 && known.every((id) => compareIds(id, floor) < 0);
    const missing = [...known, ...this.pending.keys()].filter(
      (id) => compareIds(id, floor) >= 0 && !this.#heard.get(id) && !posts.some((post) => post.id === id),
    );
    const operations = missing.flatMap((id) => this.#remove(id));
    for (const post of posts) {
      if (this.#heard.get(post.id) === false || this.#left.has(post.author)) continue;
      operations.push(...this.#put(post, atTop && !gap, true));
    }
    if (gap) this.#spill();
    return operations;
  }

  #put(post, atTop, mayAppear) {
    const { id, version, html, author } = post;
    const shown = this.shown.get(id);
    const known = shown ?? this.pending.get(id);
    if (known?.version >= version) return [];
    if (shown) {
      shown.version = version;
      return [{ do: "replace", id, html }];
    }
    if (!known) {
      if (!mayAppear || compareIds(id, this.#floor) < 0) return [];
      if (author === this.#me && (atTop || this.#sent.has(id))) return this.#insert(post);
      if (this.overflow) this.#counted += 1;
    }
    if (!this.overflow) this.pending.set(id, post);
    if (this.pending.size > this.#limit) this.#spill();
    return [];
  }

  /* Too many to hold, or not known to be all: count on, and read the page when they are asked for. */
  #spill() {
    this.#counted = this.count;
    this.overflow = true;
    this.pending.clear();
  }

  #insert({ id, version, author, html }) {
    this.pending.delete(id);
    this.shown.set(id, { version, author });
    return [{ do: "insert", id, html }];
  }

  #remove(id) {
    this.pending.delete(id);
    return this.shown.delete(id) ? [{ do: "remove", id }] : [];
  }
}

function lowest(posts, more) {
  return (more && posts.map(({ id }) => id).sort(compareIds)[0]) || "0";
}
