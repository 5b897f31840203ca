// @ts-check
// `form[data-autosubmit]`: filters act when they change. `data-finds`: a list's own search.

/** How long after the last key a search is sent, in milliseconds. */
const PAUSE = 300;

export function filters() {
  for (const form of document.querySelectorAll("form[data-autosubmit]")) {
    if (!(form instanceof HTMLFormElement)) continue;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    form.addEventListener("change", () => form.requestSubmit());
    form.addEventListener("input", (event) => {
      if (!(event.target instanceof HTMLInputElement) || event.target.type !== "search") return;
      clearTimeout(timer);
      timer = setTimeout(() => form.requestSubmit(), PAUSE);
    });
  }
  for (const input of document.querySelectorAll("input[data-finds]")) {
    if (!(input instanceof HTMLInputElement)) continue;
    input.addEventListener("input", () => {
      const word = input.value.trim().toLowerCase();
      for (const item of input.parentElement?.querySelectorAll("a") ?? []) {
        item.hidden = !(item.textContent ?? "").toLowerCase().includes(word);
      }
    });
  }
}
