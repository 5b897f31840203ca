// @ts-check
// A toast leaves after ten seconds, unless somebody is at it; `say` shows one from script.

const SHOWN = 10000;

/** @param {Element} toast */
function leaves(toast) {
  let timer = setTimeout(() => toast.remove(), SHOWN);
  for (const type of ["mouseenter", "focusin"]) toast.addEventListener(type, () => clearTimeout(timer));
  for (const type of ["mouseleave", "focusout"]) {
    toast.addEventListener(type, () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), SHOWN);
    });
  }
  toast.querySelector("[data-close]")?.addEventListener("click", () => toast.remove());
}

/**
 * Shows a sentence.
 * @param {string} text
 */
export function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  const words = document.createElement("p");
  words.textContent = text;
  toast.append(words);
  document.querySelector(".toasts")?.append(toast);
  leaves(toast);
}

export function toasts() {
  for (const toast of document.querySelectorAll("[data-toast]")) leaves(toast);
}
