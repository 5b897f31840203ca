// @ts-check
// `data-copy="id"`: copies an input's value or an element's text, and says so on the button.

/** How long the button says "Copied", in milliseconds. */
const SHOWN = 2000;

/**
 * What a block of code copies: its text without the prompts of a shell.
 * @param {string} text
 */
export function withoutPrompts(text) {
  return text.replace(/^\$ /gm, "").replace(/\n+$/, "");
}

/** @param {Element} source */
function textOf(source) {
  return source instanceof HTMLInputElement ? source.value : withoutPrompts(source.textContent ?? "");
}

/** @param {HTMLElement} button */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  if (!source) return;
  const label = button.querySelector("span") ?? button;
  const before = button.dataset.label ?? label.textContent ?? "";
  button.dataset.label = before;
  try {
    await navigator.clipboard.writeText(textOf(source));
    label.textContent = "Copied";
  } catch {
    // No permission, or no safe connection: select it, so that one key copies.
    if (source instanceof HTMLInputElement) source.select();
    else getSelection()?.selectAllChildren(source);
    label.textContent = "Press Ctrl C";
  }
  setTimeout(() => (label.textContent = before), SHOWN);
}

export function copying() {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    if (button instanceof HTMLElement) copy(button);
  });
}
