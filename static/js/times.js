/* Times as people say them, in the reader's own zone, ticking. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const format = (options) => new Intl.DateTimeFormat("en-GB", options);
const long = format({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" });
const dayOfYear = format({ day: "numeric", month: "short" });
const day = format({ day: "numeric", month: "short", year: "numeric" });
const forms = {
  exact: format({ dateStyle: "long", timeStyle: "short" }),
  month: format({ month: "long", year: "numeric" }),
};

/** How long ago `when` was, short; what is older than a week is told by its date. Both are Dates. */
export function relative(when, now) {
  const seconds = Math.floor((now - when) / 1000);
  if (seconds < 45) return "just now";
  if (seconds < HOUR) return `${Math.max(1, Math.round(seconds / MINUTE))} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  if (seconds < 2 * DAY) return "yesterday";
  if (seconds < 7 * DAY) return `${Math.floor(seconds / DAY)} days ago`;
  return (when.getFullYear() === now.getFullYear() ? dayOfYear : day).format(when);
}

/** Write every time within `root` anew. */
export function tell(root, now = new Date()) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const when = new Date(time.dateTime);
    const words = forms[time.dataset.form]?.format(when) ?? relative(when, now);
    if (time.textContent === words) continue;
    time.textContent = words;
    time.title = long.format(when);
  }
}

/** Tell the times of the page now and from now on. */
export function keepTelling() {
  const again = () => document.hidden || tell(document);
  tell(document);
  setInterval(again, 20_000);
  document.addEventListener("visibilitychange", again);
}
