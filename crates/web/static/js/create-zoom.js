// @ts-check
// One preview in large, with a grid of six over it, and what its platform leaves free.

/** @typedef {{ src: string, width: number, height: number, free: [number, number, number, number] | null }} Large */

/** @param {HTMLFormElement} form */
export function zooming(form) {
  const dialog = document.getElementById("zoom");
  const image = dialog?.querySelector("[data-zoom-img]");
  const title = document.getElementById("zoom-title");
  const [grid, zone] = [dialog?.querySelector("[data-grid]"), dialog?.querySelector("[data-zone]")];
  const box = dialog?.querySelector("[data-zone-box]");
  if (!(dialog instanceof HTMLDialogElement && image instanceof HTMLImageElement)) return;
  if (!(grid instanceof HTMLElement && zone instanceof HTMLElement && box instanceof HTMLElement)) return;

  const toggleGrid = () => {
    const on = image.parentElement?.classList.toggle("has-grid") ?? false;
    grid.setAttribute("aria-pressed", String(on));
  };
  const toggleZone = () => {
    if (zone.hidden) return;
    box.hidden = !box.hidden;
    zone.setAttribute("aria-pressed", String(!box.hidden));
  };
  grid.addEventListener("click", toggleGrid);
  zone.addEventListener("click", toggleZone);
  dialog.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey) return;
    if (event.key.toLowerCase() === "g") toggleGrid();
    if (event.key.toLowerCase() === "z") toggleZone();
  });

  /** @param {Large} picture */
  const show = (picture) => {
    image.width = picture.width;
    image.height = picture.height;
    image.src = picture.src;
    zone.hidden = picture.free === null;
    if (picture.free === null) box.hidden = true;
    const sides = ["top", "right", "bottom", "left"];
    for (const [index, share] of (picture.free ?? []).entries()) box.style.setProperty(`--${sides[index]}`, `${share}%`);
  };

  form.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-zoom]") : null;
    const small = button?.querySelector("img");
    if (!(button instanceof HTMLElement) || !small) return;
    show({ src: small.src, width: small.width, height: small.height, free: null });
    if (title) title.textContent = small.alt;
    dialog.showModal();
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    body.delete("size");
    body.set("size", button.dataset.zoom ?? "");
    body.set("height", "1200");
    const headers = { Accept: "application/json", "X-CSRF-Token": String(body.get("csrf") ?? "") };
    const answer = await fetch(form.dataset.preview ?? "", { method: "POST", body, headers }).catch(() => null);
    if (!answer?.ok) return;
    const [picture] = (await answer.json()).pictures;
    if (picture && dialog.open) show(picture);
  });
}
