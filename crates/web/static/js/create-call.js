// @ts-check
// "Use in API" beside a form: the request follows what the form says, while it is shown.
import { exchange, samples } from "./samples.js";

/** After the last change, in milliseconds. */
const PAUSE = 250;

/** @param {HTMLFormElement} form */
export function calls(form) {
  const found = form.querySelector("details[data-samples]");
  if (!(found instanceof HTMLDetailsElement)) return;
  const place = found;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let running;

  /** @param {string} [language] */
  async function follow(language) {
    if (!place.open) return;
    running?.abort();
    const mine = new AbortController();
    running = mine;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    if (language) body.set("lang", language);
    const headers = { Accept: "text/html", "X-CSRF-Token": String(body.get("csrf") ?? "") };
    const answer = await fetch(place.dataset.samples ?? "", { method: "POST", body, headers, signal: mine.signal }).catch(() => null);
    if (!answer?.ok) return;
    exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(follow, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  place.addEventListener("toggle", () => follow());
  place.addEventListener("language", (event) => follow(/** @type {CustomEvent<string>} */ (event).detail));
  samples();
}
