/* The list of posts: what appears, what waits, what is replaced, and what is never shown twice. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Feed } from "../../static/js/feed.js";

const ME = "7";
const article = (id, version = 1, author = "1") =>
  `<article class="post" id="${id}" data-id="${id}" data-version="${version}" data-author="${author}"></article>`;
const post = (id, version = 1, author = "1") => ({ id, version, author, html: article(id, version, author) });
const frame = (name, id, version = 1, author = "1") => ({ name: `post.${name}`, id, version, html: article(id, version, author) });
const feed = (ids, options = {}) => new Feed({ posts: ids.map((id) => post(id)), more: false, me: ME, ...options });
const told = (operations) => operations.map(({ do: what, id }) => `${what} ${id}`);

test("a new post waits until it is asked for, and then comes newest first", () => {
  const list = feed(["100"]);
  assert.deepEqual(list.take(frame("published", "101"), true), []);
  assert.equal(list.label, "1 new post");
  list.take(frame("published", "103"), true);
  list.take(frame("published", "102"), true);
  assert.equal(list.label, "3 new posts");
  assert.deepEqual(told(list.release()), ["insert 103", "insert 102", "insert 101"]);
  assert.equal(list.count, 0);
});

test("what waits can come a few at a time, the newest first", () => {
  const list = feed(["100"]);
  for (const id of ["101", "102", "103"]) list.take(frame("published", id), true);
  assert.deepEqual(told(list.release(2)), ["insert 103", "insert 102"]);
  assert.equal(list.label, "1 new post");
  assert.deepEqual(told(list.release(2)), ["insert 101"]);
});

test("the same post is counted once and inserted once", () => {
  const list = feed(["100"]);
  list.take(frame("published", "101"), false);
  list.take(frame("published", "101"), false);
  list.take(frame("published", "100"), false);
  assert.equal(list.count, 1);
  assert.equal(list.release().length, 1);
  list.take(frame("published", "101"), false);
  assert.equal(list.count, 0);
});

test("an own post appears at once at the top, and waits for a reader further down", () => {
  const list = feed(["100"]);
  assert.deepEqual(told(list.take(frame("published", "101", 1, ME), true)), ["insert 101"]);
  assert.deepEqual(list.take(frame("published", "102", 1, ME), false), []);
  assert.equal(list.count, 1);
});

test("what this window sent appears at once wherever the reader is, whichever comes first", () => {
  const list = feed(["100"]);
  list.own("101");
  assert.deepEqual(told(list.take(frame("published", "101", 1, ME), false)), ["insert 101"]);
  list.take(frame("published", "102", 1, ME), false);
  assert.deepEqual(told(list.own("102")), ["insert 102"]);
});

test("nobody is oneself to a stranger", () => {
  const list = feed(["100"], { me: "" });
  assert.deepEqual(list.take({ name: "post.published", id: "101", version: 1, html: "<article></article>" }, true), []);
});

test("an edit replaces by version, shown or waiting, and never an older one over a newer", () => {
  const list = feed(["100"]);
  assert.deepEqual(told(list.take(frame("edited", "100", 3), false)), ["replace 100"]);
  assert.deepEqual(list.take(frame("edited", "100", 2), false), []);
  list.take(frame("published", "101"), false);
  list.take(frame("edited", "101", 2), false);
  assert.match(list.release()[0].html, /data-version="2"/);
});

test("an edit of a post that is not in the list adds nothing", () => {
  const list = feed(["100"]);
  assert.deepEqual(list.take(frame("edited", "90", 2), true), []);
  assert.equal(list.count, 0);
});

test("a removed post goes from the list and from what waits", () => {
  const list = feed(["100"]);
  list.take(frame("published", "101"), false);
  assert.deepEqual(list.take({ name: "post.removed", id: "101" }, false), []);
  assert.equal(list.count, 0);
  assert.deepEqual(told(list.take({ name: "post.hidden", id: "100" }, false)), ["remove 100"]);
  assert.deepEqual(list.take({ name: "post.removed", id: "55" }, false), []);
});

test("a post that comes back after its removal waits again", () => {
  const list = feed(["100"]);
  list.take({ name: "post.removed", id: "100" }, false);
  list.take(frame("published", "100", 2), false);
  assert.equal(list.count, 1);
});

test("a post older than the page belongs to an older page", () => {
  const list = feed(["100", "90"], { more: true });
  list.take(frame("published", "80"), true);
  assert.equal(list.count, 0);
  list.take(frame("published", "95"), true);
  assert.equal(list.count, 1);
});

test("with a person go all their posts", () => {
  const list = new Feed({ posts: [post("100", 1, "5"), post("99")], more: false, me: ME });
  list.take(frame("published", "101", 1, "5"), false);
  assert.deepEqual(told(list.take({ name: "person.removed", id: "5" }, false)), ["remove 100"]);
  assert.equal(list.count, 0);
});

test("with a person who comes back the page is read again, and their posts wait", () => {
  const list = feed(["100", "99"]);
  list.take({ name: "person.removed", id: "1" }, false);
  assert.equal(list.shown.size, 0);
  assert.deepEqual(list.take({ name: "person.restored", id: "1" }, false), [{ do: "resync" }]);
  list.reading();
  list.merge([post("100"), post("99")], false, false);
  assert.deepEqual(told(list.release()), ["insert 100", "insert 99"]);
});

test("who is removed while the page is being read does not come back by it, and who is restored does", () => {
  const list = feed(["100"]);
  list.reading();
  list.take({ name: "person.removed", id: "1" }, false);
  assert.equal(list.unsettled, true);
  assert.deepEqual(list.merge([post("100")], false, true), []);
  assert.equal(list.shown.size + list.count, 0);
  list.take({ name: "person.restored", id: "1" }, false);
  list.merge([post("100")], false, true);
  assert.equal(list.count, 1);
});

test("a new name is for the page to write, and changes no list", () => {
  const list = feed(["100"]);
  const person = { username: "lovelace", name: "Ada" };
  assert.deepEqual(list.take({ name: "person.changed", id: "1", person }, false), [{ do: "rename", id: "1", person }]);
  assert.equal(list.shown.size, 1);
});

test("what waits is bounded; beyond it the page is read anew", () => {
  const list = feed(["100"], { limit: 3 });
  for (const id of ["101", "102", "103", "104", "105"]) list.take(frame("published", id), false);
  assert.equal(list.pending.size, 0);
  assert.equal(list.label, "5+ new posts");
  assert.deepEqual(list.release(), [{ do: "reload" }]);
  list.reset([post("105"), post("104")], true);
  assert.equal(list.count, 0);
});

test("a page read again puts right what changed and lets what is new wait", () => {
  const list = feed(["100", "99", "98"], { more: true });
  list.reading();
  const operations = list.merge([post("101"), post("100", 2), post("98")], true, false);
  assert.deepEqual(told(operations).sort(), ["remove 99", "replace 100"]);
  assert.equal(list.label, "1 new post");
});

test("what happened while the page was being read is not undone by it", () => {
  const list = feed(["100", "99"]);
  list.reading();
  list.take(frame("published", "101"), false);
  list.take({ name: "post.removed", id: "99" }, false);
  list.merge([post("100"), post("99")], false, false);
  assert.equal(list.count, 1);
  assert.equal(list.shown.has("99"), false);
  assert.equal(list.pending.has("101"), true);
  assert.equal(list.unsettled, true);
});

test("after a gap the list is not pretended to be whole", () => {
  const list = feed(["100", "99"], { more: true });
  list.reading();
  assert.deepEqual(list.merge([post("300"), post("299")], true, true), []);
  assert.equal(list.label, "2+ new posts");
  assert.deepEqual(list.release(), [{ do: "reload" }]);
});

test("an empty list takes the first post", () => {
  const list = feed([]);
  list.reading();
  list.merge([post("5")], false, true);
  assert.deepEqual(told(list.release()), ["insert 5"]);
});
