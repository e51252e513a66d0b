/* Times as people say them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { relative } from "../../static/js/times.js";

const now = new Date(2026, 10, 22, 12, 0, 0);
const ago = (seconds) => relative(new Date(now - seconds * 1000), now);

test("what just happened, and what a clock ahead of ours says will", () => {
  assert.equal(ago(3), "just now");
  assert.equal(ago(-300), "just now");
});

test("minutes, hours, days", () => {
  assert.equal(ago(60), "1 min ago");
  assert.equal(ago(59 * 60), "59 min ago");
  assert.equal(ago(3 * 3600 + 100), "3 h ago");
  assert.equal(ago(30 * 3600), "yesterday");
  assert.equal(ago(5 * 86400), "5 days ago");
});

test("older times are dates, with the year only where it is another", () => {
  assert.equal(relative(new Date(2026, 2, 4), now), "4 Mar");
  assert.equal(relative(new Date(2025, 2, 4), now), "4 Mar 2025");
});
