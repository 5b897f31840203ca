// @ts-check
// Counters, passwords that can be shown, the summary of faults, changes that would be lost, and one sending at a time.

/**
 * Characters as people count them, as far as the server does: code points.
 * @param {string} text
 */
export function lengthOf(text) {
  return [...text].length;
}

function counters() {
  document.addEventListener("input", (event) => {
    const control = event.target;
    if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement)) return;
    const limit = Number(control.dataset.limit);
    const counter = document.querySelector(`[data-counter="${CSS.escape(control.id)}"]`);
    if (!limit || !counter) return;
    const length = lengthOf(control.value);
    counter.textContent = `${length} of ${limit}`;
    counter.classList.toggle("is-over", length > limit);
  });
}

function passwords() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-shows]") : null;
    if (!(button instanceof HTMLElement)) return;
    const input = document.getElementById(button.dataset.shows ?? "");
    if (!(input instanceof HTMLInputElement)) return;
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? "Show" : "Hide";
    button.setAttribute("aria-pressed", String(!shown));
  });
}

function unsaved() {
  /** @type {Set<HTMLFormElement>} */
  const changed = new Set();
  // What is shown once is unsaved from the start.
  for (const form of document.querySelectorAll('form[data-unsaved="now"]')) {
    if (form instanceof HTMLFormElement) changed.add(form);
  }
  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-unsaved]") : null;
    if (form instanceof HTMLFormElement) changed.add(form);
  });
  document.addEventListener("submit", () => changed.clear());
  addEventListener("beforeunload", (event) => {
    if (changed.size > 0) event.preventDefault();
  });
}

function sending() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !(event.target instanceof HTMLFormElement)) return;
    const form = event.target;
    if (form.dataset.sending) return event.preventDefault();
    if (form.method !== "post") return;
    form.dataset.sending = "true";
    const button = event.submitter;
    const timer = setTimeout(() => button?.setAttribute("aria-busy", "true"), 200);
    // Coming back by the browser's button finds the form ready again; so does a download.
    const ready = () => {
      clearTimeout(timer);
      delete form.dataset.sending;
      button?.removeAttribute("aria-busy");
    };
    addEventListener("pageshow", ready, { once: true });
    setTimeout(ready, 15000);
  });
}

export function fields() {
  counters();
  passwords();
  unsaved();
  sending();
  const summary = document.querySelector("[data-focus]");
  if (summary instanceof HTMLElement) summary.focus();
}
