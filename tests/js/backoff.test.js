/* Waiting: soon at first, longer after each failure, never everybody at once. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { delay } from "../../static/js/backoff.js";

const least = () => 0;
const most = () => 1;

test("the first try comes within a quarter of a second", () => {
  assert.ok(delay(0, 1006, most) <= 250);
});

test("every further try waits longer, up to half a minute", () => {
  for (let attempt = 1; attempt < 6; attempt += 1) assert.ok(delay(attempt + 1, 0, least) > delay(attempt, 0, least));
  assert.equal(delay(40, 0, most), 30_000);
  assert.equal(delay(40, 0, least), 15_000);
});

test("after a restart readers come back spread over two seconds", () => {
  assert.equal(delay(0, 1012, least), 100);
  assert.equal(delay(0, 1012, most), 2000);
});

test("who was sent away for flooding stays away for half a minute", () => {
  assert.ok(delay(0, 4029, least) >= 30_000);
});
