/* The page of one post: an edit is shown in place, a removal is said without keeping the text. */

import { describe, element, keepPlace, readAgain, swap } from "./page.js";

export class PostPage {
  #place = document.querySelector("[data-post]");
  #id = this.#place.querySelector("article").dataset.id;

  event({ name, id, html }) {
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
