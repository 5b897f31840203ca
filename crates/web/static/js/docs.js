// @ts-check
// The documentation: languages, the page as Markdown, folding on small screens, and the console.
import { consoles } from "./console.js";
import { samples } from "./samples.js";

/** @param {HTMLElement} button */
async function copyPage(button) {
  const label = button.querySelector("span") ?? button;
  const before = label.textContent ?? "";
  try {
    const answer = await fetch(button.dataset.copyPage ?? "");
    await navigator.clipboard.writeText(await answer.text());
    label.textContent = "Copied";
    setTimeout(() => (label.textContent = before), 2000);
  } catch {
    location.assign(button.dataset.copyPage ?? "");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy-page]") : null;
  if (button instanceof HTMLElement) copyPage(button);
});

if (matchMedia("(max-width: 1023px)").matches) {
  for (const part of document.querySelectorAll("[data-sheet], [data-side]")) part.removeAttribute("open");
}
samples();
consoles();
