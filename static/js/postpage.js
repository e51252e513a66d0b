/* The page of one post: an edit is shown in place, a removal is said without keeping the text. */

import { describe, element, keepPlace, readAgain, rename, swap } from "./page.js";

export class PostPage {
  #place = document.querySelector("[data-post]");
  #id = this.#place.querySelector("article").dataset.id;
  #author = this.#place.querySelector("article").dataset.author;

  event({ name, id, html, person }) {
    if (name.startsWith("person.")) return this.#heardOf(id, name, person);
    if (id !== this.#id) return;
    if (name === "post.edited" && html) this.#replace(element(html));
    if (name === "post.removed" || name === "post.hidden") this.gone();
    if (name === "post.restored" || name === "post.published") this.resync();
  }

  async resync() {
    const page = await readAgain();
    const article = page?.querySelector("[data-post] > article");
    if (!article) return this.gone();
    this.#place.hidden = document.querySelector("[data-post-foot]").hidden = false;
    document.querySelector("[data-gone]").hidden = true;
    this.#replace(element(article.outerHTML));
  }

  /* The page hears of everybody: who wrote here is for it to know. */
  #heardOf(author, name, person) {
    const theirs = [...document.querySelectorAll(`main article[data-author="${author}"]`)];
    if (name === "person.changed") theirs.forEach((article) => rename(article, person));
    else if (author === this.#author) name === "person.removed" ? this.gone() : this.resync();
    else if (name === "person.removed") theirs.forEach((article) => article.remove());
  }

  gone() {
    this.#place.replaceChildren();
    this.#place.hidden = document.querySelector("[data-post-foot]").hidden = true;
    document.querySelector("[data-gone]").hidden = false;
  }

  #replace(fresh) {
    const old = this.#place.querySelector("article");
    if (!old) this.#place.append(fresh);
    else if (describe(fresh).version > describe(old).version) keepPlace(() => swap(old, fresh));
  }
}
