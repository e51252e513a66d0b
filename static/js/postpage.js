/* The page of one post: an edit is shown in place, a removal is said without keeping the text. */

import { articlesBy, describe, element, keepPlace, readAgain, rename, swap } from "./page.js";

export class PostPage {
  #place = document.querySelector("[data-post]");
  #post = describe(this.#place.querySelector("article"));

  /* The page hears of everybody: who wrote here is for it to know. */
  event({ name, id, html, person }) {
    if (name === "person.changed") return rename(id, person);
    const [about, what] = name.split(".");
    if (id !== (about === "person" ? this.#post.author : this.#post.id)) {
      if (name === "person.removed") articlesBy(id).forEach((article) => article.remove());
    } else if (what === "removed" || what === "hidden") this.gone();
    else if (what === "restored" || what === "published") this.resync();
    else if (html) this.#replace(html);
  }

  async resync() {
    const article = (await readAgain())?.querySelector("[data-post] > article");
    if (!article) return this.gone();
    this.#setGone(false);
    this.#replace(article.outerHTML);
  }

  gone() {
    this.#place.replaceChildren();
    this.#setGone(true);
  }

  #setGone(gone) {
    this.#place.hidden = document.querySelector("[data-post-foot]").hidden = gone;
    document.querySelector("[data-gone]").hidden = !gone;
  }

  #replace(html) {
    const fresh = element(html);
    const old = this.#place.querySelector("article");
    if (!old) this.#place.append(fresh);
    else if (describe(fresh).version > describe(old).version) keepPlace(() => swap(old, fresh));
  }
}
