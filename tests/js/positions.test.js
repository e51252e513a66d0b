/* Positions and ids: what is older, and what was read already. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { compareIds, isRead, later } from "../../static/js/positions.js";

test("what is at or before a known position of the same origin was read", () => {
  assert.equal(isRead("aaaaaaaa.0000000000000001", "aaaaaaaa.0000000000000002"), true);
  assert.equal(isRead("aaaaaaaa.0000000000000002", "aaaaaaaa.0000000000000002"), true);
  assert.equal(isRead("aaaaaaaa.000000000000000a", "aaaaaaaa.0000000000000009"), false);
});

test("positions of another origin, and any while nothing is known, were not read", () => {
  assert.equal(isRead("aaaaaaaa.0000000000000001", "bbbbbbbb.0000000000000002"), false);
  assert.equal(isRead("aaaaaaaa.0000000000000001", ""), false);
  assert.equal(isRead("aaaaaaaa.0000000000000001", undefined), false);
});

test("the later position wins, and a new origin replaces the old", () => {
  assert.equal(later("aaaaaaaa.0000000000000001", "aaaaaaaa.0000000000000002"), "aaaaaaaa.0000000000000002");
  assert.equal(later("aaaaaaaa.0000000000000003", "aaaaaaaa.0000000000000002"), "aaaaaaaa.0000000000000003");
  assert.equal(later("aaaaaaaa.0000000000000001", "bbbbbbbb.0000000000000002"), "aaaaaaaa.0000000000000001");
});

test("ids sort as numbers though they are too long for one", () => {
  const ids = ["9007199254740993", "9007199254740992", "10", "9"];
  assert.deepEqual(ids.sort(compareIds), ["9", "10", "9007199254740992", "9007199254740993"]);
});
