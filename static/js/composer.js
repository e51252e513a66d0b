/* Writing from a timeline: the text is sent without leaving, and kept until it is certain that it arrived. */

import { element } from "./page.js";

const PATIENCE = 1_500;
const UNSENT = "This could not be sent. Your text is still here: please try again.";

export function enhance(form, timeline, channel) {
  const button = form.querySelector("button");
  let busy = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    complain(form, {});
    try {
      await send();
    } catch {
      complain(form, { form: UNSENT });
    }
    setBusy(false);
  });

  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });

  // A page that comes back out of the browser's memory must not repeat the key of what was sent from it.
  window.addEventListener("pageshow", ({ persisted }) => persisted && renewKey(form));

  async function send() {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) {
      const { error, fields } = await answer.json();
      return complain(form, fields ?? { form: error ?? UNSENT });
    }
    const id = /\/@[^/]+\/(\d+)/.exec(new URL(answer.url).pathname)?.[1];
    // Led elsewhere, such as to confirming an address: what was written stays in the form for coming back.
    if (!id) return location.assign(answer.url);
    const here = channel === "home" || body.get("visibility") === "public";
    form.reset();
    renewKey(form);
    if (!(here && (await timeline.own(id, PATIENCE)))) location.assign(answer.url);
  }

  function setBusy(value) {
    busy = value;
    button.setAttribute("aria-disabled", value);
  }
}

function renewKey(form) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  form.elements.request_key.value = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Show what is wrong, a sentence for each field, in the place of what was wrong before. */
function complain(form, sentences) {
  for (const line of form.querySelectorAll("[data-error]")) line.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
  for (const [field, sentence] of Object.entries(sentences)) {
    const id = `composer-error-${field}`;
    const line = element(`<p class="error" id="${id}" data-error="${field}" role="alert"></p>`);
    line.textContent = sentence;
    form.querySelector(".composer-foot").before(line);
    const control = form.elements[field];
    if (!(control instanceof HTMLElement)) continue;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", id);
    control.focus();
  }
}
