/* Positions: places in the one order of all commits, "origin.16hex". Those of one origin compare as strings. */

const ORIGIN = 9;

/** Whether what happened at `position` is part of what was already read up to `known`. */
export function isRead(position, known) {
  return Boolean(known) && position.slice(0, ORIGIN) === known.slice(0, ORIGIN) && position <= known;
}

/** The later of two positions; of two origins the one that came last, which is `position`. */
export function later(position, known) {
  return isRead(position, known) ? known : position;
}

/** Orders ids, decimal strings too long for a number: negative where `a` is older. */
export function compareIds(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
