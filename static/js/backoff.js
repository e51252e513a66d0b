/* How long to wait before trying again: soon at first, then longer, never all readers at the same moment. */

const LONGEST = 30_000;

/** Milliseconds before the try number `attempt` (from 0), knowing with which close code the last one ended. */
export function delay(attempt, code = 0, random = Math.random) {
  if (code === 4029) return LONGEST + LONGEST * random();
  if (code === 1012 && attempt === 0) return 100 + 1900 * random();
  if (attempt === 0) return 250 * random();
  const ceiling = Math.min(LONGEST, 500 * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * random();
}
