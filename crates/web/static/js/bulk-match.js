// @ts-check
// Matching columns: shows the chosen column's first cells, and which columns nothing uses.

/** Headings that no select has chosen. @param {string[]} all @param {string[]} chosen places as text */
export function unused(all, chosen) {
  return all.filter((_, place) => !chosen.includes(String(place)));
}

/** @param {HTMLSelectElement} select */
function showCells(select) {
  const field = select.closest("fieldset");
  const line = field?.querySelector("p[data-cells]");
  const guessed = field?.querySelector("[data-guessed]");
  if (guessed instanceof HTMLElement) guessed.hidden = true;
  if (!(line instanceof HTMLElement)) return;
  const cells = select.selectedOptions[0]?.dataset.cells ?? "";
  line.hidden = cells === "";
  const shown = line.lastElementChild;
  if (shown) shown.textContent = cells;
}

function start() {
  const form = document.querySelector("form[data-match]");
  if (!(form instanceof HTMLFormElement)) return;
  const external = form.querySelector("select[name=external]");
  const line = form.querySelector("[data-ignored]");
  const headings = external instanceof HTMLSelectElement ? [...external.options].slice(1).map((option) => option.text) : [];
  form.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    if (event.target.matches("[data-column]")) showCells(event.target);
    const selects = /** @type {NodeListOf<HTMLSelectElement>} */ (form.querySelectorAll("[data-column], [name=external]"));
    const left = unused(headings, [...selects].map((select) => select.value));
    if (!(line instanceof HTMLElement)) return;
    line.hidden = left.length === 0;
    if (line.lastElementChild) line.lastElementChild.textContent = left.join(", ");
  });
}

if (typeof document !== "undefined") start();
