/* Writing from a timeline: the text is sent without leaving, and kept until it is certain that it arrived. */

const PATIENCE = 1_500;

export function enhance(form, timeline, channel) {
  const button = form.querySelector("button");
  let busy = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    clearErrors(form);
    try {
      await send();
    } catch {
      showError(form, "form", "This could not be sent. Your text is still here: please try again.");
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
      await refuse(form, answer);
      return;
    }
    const id = /\/@[^/]+\/(\d+)/.exec(new URL(answer.url).pathname)?.[1];
    if (!id) {
      // Led elsewhere, such as to confirming an address: what was written stays in the form for coming back.
      location.assign(answer.url);
      return;
    }
    const here = channel === "home" || body.get("visibility") === "public";
    form.reset();
    renewKey(form);
    if (!(here && (await timeline.own(id, PATIENCE)))) location.assign(answer.url);
  }

  function setBusy(value) {
    busy = value;
    button.setAttribute("aria-disabled", String(value));
  }
}

function renewKey(form) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  form.elements.request_key.value = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function refuse(form, answer) {
  const { error, fields = {} } = await answer.json().catch(() => ({}));
  for (const [field, sentence] of Object.entries(fields)) showError(form, field, sentence);
  if (!Object.keys(fields).length) showError(form, "form", error ?? "This could not be sent. Please try again in a moment.");
}

function showError(form, field, sentence) {
  const line = document.createElement("p");
  line.className = "error";
  line.dataset.error = field;
  line.id = `composer-error-${field}`;
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  form.querySelector(".composer-foot").before(line);
  const control = form.elements[field];
  if (!(control instanceof HTMLElement)) return;
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", line.id);
  control.focus();
}

function clearErrors(form) {
  for (const line of form.querySelectorAll("[data-error]")) line.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}
