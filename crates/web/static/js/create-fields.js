// @ts-check
// The controls of a create form that are more than one box: pictures, lists, colours.

/** @param {Element} element */
function changed(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Per cent within 0 to 100, whole.
 * @param {number} share
 */
export function percent(share) {
  return Math.round(Math.min(1, Math.max(0, share)) * 100);
}

/** @param {HTMLFormElement} form */
export function pictures(form) {
  for (const area of form.querySelectorAll("[data-picture]")) if (area instanceof HTMLElement) picture(form, area);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} area
 */
function picture(form, area) {
  const drop = area.querySelector("[data-picture-drop]");
  const file = drop?.querySelector("input");
  const words = drop?.querySelector("[data-drop-text]");
  const url = area.querySelector("[data-picture-url]");
  const asset = area.querySelector("[data-picture-asset]");
  const shown = area.querySelector("[data-picture-shown]");
  const image = area.querySelector("[data-picture-img]");
  const name = area.querySelector("[data-picture-name]");
  const [x, y] = [area.querySelector("[data-picture-x]"), area.querySelector("[data-picture-y]")];
  const [focus, dot] = [area.querySelector("[data-picture-focus]"), area.querySelector("[data-picture-dot]")];
  if (!(url instanceof HTMLInputElement && asset instanceof HTMLSelectElement && file && words && drop)) return;
  if (!(x instanceof HTMLInputElement && y instanceof HTMLInputElement && image instanceof HTMLImageElement)) return;
  if (!(shown instanceof HTMLElement && focus instanceof HTMLElement && dot instanceof HTMLElement)) return;
  const invitation = words.textContent;

  function show() {
    const id = /** @type {HTMLSelectElement} */ (asset).value;
    shown?.toggleAttribute("hidden", id === "");
    if (id === "") return;
    const source = `${asset instanceof HTMLElement ? asset.dataset.thumbs : ""}/${id}/thumb`;
    if (image instanceof HTMLImageElement && !image.src.endsWith(source)) image.src = source;
    if (name) name.textContent = asset instanceof HTMLSelectElement ? (asset.selectedOptions[0]?.textContent ?? "") : "";
    point();
  }

  function point() {
    if (!(x instanceof HTMLInputElement && y instanceof HTMLInputElement && dot instanceof HTMLElement)) return;
    // The policy forbids style attributes in markup; script may set single properties.
    dot.style.setProperty("left", `${x.value}%`);
    dot.style.setProperty("top", `${y.value}%`);
  }

  /** @param {File} chosen */
  async function upload(chosen) {
    if (!(words && asset instanceof HTMLSelectElement && url instanceof HTMLInputElement)) return;
    words.textContent = `Uploading ${chosen.name} …`;
    const body = new FormData();
    body.set("file", chosen);
    const token = form.querySelector("input[name=csrf]");
    try {
      const answer = await fetch(form.dataset.upload ?? "", {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRF-Token": token instanceof HTMLInputElement ? token.value : "" },
      });
      const json = await answer.json();
      if (!answer.ok) return void (words.textContent = json.message ?? "This file could not be uploaded.");
      if (![...asset.options].some((option) => option.value === json.id)) asset.add(new Option(json.name, json.id), asset.options[1]);
      asset.value = json.id;
      url.value = "";
      words.textContent = invitation;
      show();
      changed(asset);
    } catch {
      words.textContent = "You are offline. Choose the file again once you are back.";
    }
  }

  for (const type of ["dragenter", "dragover"]) drop.addEventListener(type, () => drop.classList.add("is-over"));
  for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("is-over"));
  file.addEventListener("change", (event) => {
    event.stopPropagation();
    const chosen = file.files?.[0];
    if (chosen) upload(chosen);
    file.value = "";
  });
  area.addEventListener("paste", (event) => {
    const chosen = event.clipboardData?.files[0];
    if (chosen?.type.startsWith("image/")) upload(chosen);
  });
  asset.addEventListener("change", show);
  area.querySelector("[data-picture-remove]")?.addEventListener("click", () => {
    asset.value = "";
    show();
    changed(asset);
  });
  focus.addEventListener("click", (event) => {
    if (event.detail === 0) return;
    const box = image.getBoundingClientRect();
    x.value = String(percent((event.clientX - box.left) / box.width));
    y.value = String(percent((event.clientY - box.top) / box.height));
    point();
    changed(x);
  });
  focus.addEventListener("keydown", (event) => {
    /** @type {Record<string, [number, number]>} */
    const steps = { ArrowLeft: [-5, 0], ArrowRight: [5, 0], ArrowUp: [0, -5], ArrowDown: [0, 5] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    x.value = String(percent((Number(x.value) + step[0]) / 100));
    y.value = String(percent((Number(y.value) + step[1]) / 100));
    point();
    changed(x);
  });
  show();
}

/** @param {HTMLFormElement} form */
export function lists(form) {
  for (const area of form.querySelectorAll("[data-list]")) if (area instanceof HTMLElement) list(area);
}

/** @param {HTMLElement} area */
function list(area) {
  const rows = area.querySelector("ol");
  const blank = area.querySelector("template");
  const add = area.querySelector("[data-add]");
  if (!rows || !blank || !(add instanceof HTMLButtonElement)) return;
  const most = Number(area.dataset.most);

  function number() {
    [...(rows?.children ?? [])].forEach((row, index) => {
      for (const input of row.querySelectorAll("input")) {
        input.setAttribute("aria-label", (input.getAttribute("aria-label") ?? "").replace(/, [^,]*$/, `, ${index + 1}`));
      }
    });
    if (add instanceof HTMLButtonElement) add.hidden = (rows?.children.length ?? 0) >= most;
  }

  add.addEventListener("click", () => {
    rows.append(blank.content.cloneNode(true));
    number();
    rows.lastElementChild?.querySelector("input")?.focus();
  });
  rows.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-move]") : null;
    const row = button?.closest("li");
    if (!(button instanceof HTMLElement) || !row) return;
    if (button.dataset.move === "up") row.previousElementSibling?.before(row);
    else if (button.dataset.move === "down") row.nextElementSibling?.after(row);
    else (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("input")?.focus();
    if (button.dataset.move === "out") row.remove();
    else button.focus();
    number();
    changed(rows);
  });
  number();
}

/** @param {HTMLFormElement} form */
export function colours(form) {
  for (const area of form.querySelectorAll("[data-colour]")) {
    const [text, swatch] = area.querySelectorAll("input");
    if (!text || !swatch) continue;
    swatch.addEventListener("input", () => {
      text.value = swatch.value;
    });
    text.addEventListener("input", () => {
      if (/^#[0-9a-f]{6}$/i.test(text.value)) swatch.value = text.value;
    });
  }
}
