/* Shows how a text will look while it is written: the server renders it, as it will when it is published. */

const PAUSE = 300;

export function enhance(form) {
  const source = form.elements.source;
  const section = form.querySelector("[data-preview]");
  const text = form.querySelector("[data-preview-text]");
  let timer, asking;

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    if (!source.value.trim()) {
      section.hidden = true;
      return;
    }
    try {
      const body = new URLSearchParams({ source: source.value });
      const answer = await fetch("/preview", { method: "POST", body, signal: asking.signal });
      if (!answer.ok || answer.redirected) return;
      text.innerHTML = await answer.text();
      section.hidden = false;
    } catch {
      // Overtaken by the next stroke, or offline: the last preview stays.
    }
  };

  source.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  if (source.value) ask();
}
