// @ts-check
// One preview in large, with a grid of six over it.

/** @param {HTMLFormElement} form */
export function zooming(form) {
  const dialog = document.getElementById("zoom");
  const image = dialog?.querySelector("[data-zoom-img]");
  const title = document.getElementById("zoom-title");
  const grid = dialog?.querySelector("[data-grid]");
  if (!(dialog instanceof HTMLDialogElement && image instanceof HTMLImageElement && grid instanceof HTMLElement)) return;

  const toggle = () => {
    const on = image.parentElement?.classList.toggle("has-grid") ?? false;
    grid.setAttribute("aria-pressed", String(on));
  };
  grid.addEventListener("click", toggle);
  dialog.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "g" && !event.metaKey && !event.ctrlKey) toggle();
  });

  form.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-zoom]") : null;
    const small = button?.querySelector("img");
    if (!(button instanceof HTMLElement) || !small) return;
    const key = button.dataset.zoom ?? "";
    image.width = small.width;
    image.height = small.height;
    image.src = small.src;
    if (title) title.textContent = small.alt;
    dialog.showModal();
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    body.delete("size");
    body.set("size", key);
    body.set("height", "1200");
    const headers = { Accept: "application/json", "X-CSRF-Token": String(body.get("csrf") ?? "") };
    const answer = await fetch(form.dataset.preview ?? "", { method: "POST", body, headers }).catch(() => null);
    if (!answer?.ok) return;
    const [picture] = (await answer.json()).pictures;
    if (!picture || !dialog.open) return;
    image.width = picture.width;
    image.height = picture.height;
    image.src = picture.src;
  });
}
