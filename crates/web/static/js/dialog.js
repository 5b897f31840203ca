// @ts-check
// `data-dialog="id"` opens a dialog in place where the link would load the page with it open. Focus returns by itself.

/** @param {HTMLDialogElement} dialog */
function closeByBackdrop(dialog) {
  dialog.addEventListener("mousedown", (event) => {
    if (event.target === dialog && !dialog.hasAttribute("data-keeps")) dialog.close();
  });
}

/**
 * The address without its `dialog` parameter.
 * @param {string} href
 */
export function withoutDialog(href) {
  const url = new URL(href);
  url.searchParams.delete("dialog");
  return url.href;
}

export function dialogs() {
  for (const dialog of document.querySelectorAll("dialog")) {
    closeByBackdrop(dialog);
    // Opened by the address: make it modal, and forget it when it closes.
    if (dialog.open && !dialog.hasAttribute("data-sample")) {
      dialog.close();
      dialog.showModal();
    }
    dialog.addEventListener("close", () => history.replaceState(history.state, "", withoutDialog(location.href)));
  }
  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element ? event.target.closest("[data-dialog]") : null;
    if (!(opener instanceof HTMLElement)) return;
    const dialog = document.getElementById(opener.dataset.dialog ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    opener.closest("details")?.removeAttribute("open");
    dialog.showModal();
  });
}
