// @ts-check
// Keys: `?` lists them, `/` searches, Ctrl or ⌘ with Enter sends, `G` and a letter goes, `J` and `K` walk rows,
// Ctrl or ⌘ with K opens the palette. Single letters can be switched off.

const SWITCH = "single-keys";

/** @returns {boolean} */
function singles() {
  return localStorage.getItem(SWITCH) !== "off";
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

/**
 * Places that a key or the palette can go to: the navigation that is on the page, each once.
 * @returns {{ label: string, href: string, key: string }[]}
 */
function places() {
  const links = [...document.querySelectorAll(".nav a, .sub-nav a, .person .menu-list a, .switcher .menu-list a")];
  /** @type {Map<string, { label: string, href: string, key: string }>} */
  const found = new Map();
  for (const link of links) {
    if (!(link instanceof HTMLAnchorElement) || found.has(link.href)) continue;
    found.set(link.href, { label: link.textContent?.trim() ?? "", href: link.href, key: link.dataset.key ?? "" });
  }
  return [...found.values()];
}

/**
 * Those whose label has all words, those that start with it first.
 * @template {{ label: string }} T
 * @param {T[]} list
 * @param {string} words
 * @returns {T[]}
 */
export function matching(list, words) {
  const text = words.trim().toLowerCase();
  const parts = text.split(/\s+/);
  const hits = list.filter(({ label }) => parts.every((part) => label.toLowerCase().includes(part)));
  const rank = (/** @type {T} */ { label }) => (label.toLowerCase().startsWith(text) ? 0 : 1);
  return hits.sort((a, b) => rank(a) - rank(b));
}

/**
 * A dialog that is made when it is first wanted.
 * @param {string} id
 * @param {string} name
 * @param {(dialog: HTMLDialogElement) => void} fill
 */
function dialog(id, name, fill) {
  const known = document.getElementById(id);
  if (known instanceof HTMLDialogElement) return known;
  const made = document.createElement("dialog");
  made.id = id;
  made.className = "dialog";
  made.setAttribute("aria-label", name);
  fill(made);
  made.addEventListener("mousedown", (event) => event.target === made && made.close());
  document.body.append(made);
  return made;
}

/**
 * @param {string} tag
 * @param {string} text
 */
function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function help() {
  const shown = dialog("keys", "Keyboard keys", (made) => {
    const body = document.createElement("div");
    body.className = "dialog-body";
    const list = document.createElement("dl");
    list.className = "keys";
    /** @type {[string, string][]} */
    const rows = [
      ["Go anywhere", "Ctrl K"],
      ["Search this page's list", "/"],
      ["Send the form", "Ctrl Enter"],
      ["Next and previous row", "J K"],
      ["Close", "Esc"],
      ...places().filter(({ key }) => key).map(({ label, key }) => /** @type {[string, string]} */ ([label, `G ${key.toUpperCase()}`])),
    ];
    for (const [what, keys] of rows) {
      const pair = document.createElement("dd");
      for (const key of keys.split(" ")) pair.append(element("kbd", key), " ");
      list.append(element("dt", what), pair);
    }
    const label = document.createElement("label");
    label.className = "check is-switch";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = singles();
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
    label.append(box, element("span", "Use keys of one letter"));
    body.append(element("h2", "Keyboard keys"), list, label);
    made.append(body);
  });
  shown.showModal();
}

function palette() {
  const shown = dialog("palette", "Go to", (made) => {
    made.classList.add("palette");
    const input = document.createElement("input");
    input.className = "input";
    input.placeholder = "Go to…";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-label", "Go to");
    input.setAttribute("aria-controls", "palette-list");
    input.setAttribute("aria-expanded", "true");
    const list = document.createElement("div");
    list.id = "palette-list";
    list.className = "palette-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Places");
    let at = 0;
    const all = places();
    const draw = () => {
      const hits = matching(all, input.value);
      at = Math.max(0, Math.min(at, hits.length - 1));
      list.replaceChildren(
        ...hits.map((place, index) => {
          const option = element("div", place.label);
          option.id = `place-${index}`;
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", String(index === at));
          option.addEventListener("click", () => location.assign(place.href));
          return option;
        }),
      );
      input.setAttribute("aria-activedescendant", hits.length ? `place-${at}` : "");
      list.children[at]?.scrollIntoView({ block: "nearest" });
      return hits;
    };
    input.addEventListener("input", () => ((at = 0), draw()));
    input.addEventListener("keydown", (event) => {
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (step) {
        at += step;
        draw();
        event.preventDefault();
      }
      const place = event.key === "Enter" ? draw()[at] : undefined;
      if (place) location.assign(place.href);
    });
    made.append(input, list);
    made.addEventListener("close", () => ((input.value = ""), (at = 0), draw()));
    draw();
  });
  shown.showModal();
}

/** @param {number} step */
function walk(step) {
  const rows = [...document.querySelectorAll("[data-rows] a[data-row], .table tbody th a")];
  const now = rows.indexOf(/** @type {Element} */ (document.activeElement));
  const next = rows[Math.max(0, Math.min(rows.length - 1, now < 0 ? 0 : now + step))];
  if (next instanceof HTMLElement) next.focus();
}

export function keys() {
  let going = 0;
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-help]")) help();
  });
  document.addEventListener("keydown", (event) => {
    const withCommand = event.ctrlKey || event.metaKey;
    if (withCommand && event.key === "Enter" && event.target instanceof Element) {
      event.target.closest("form")?.requestSubmit();
      return;
    }
    if (withCommand && event.key.toLowerCase() === "k" && places().length) {
      event.preventDefault();
      palette();
      return;
    }
    if (withCommand || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]") || !singles()) return;
    const key = event.key.toLowerCase();
    if (Date.now() < going) {
      going = 0;
      const place = places().find((place) => place.key === key);
      if (place) location.assign(place.href);
      return;
    }
    if (key === "g") going = Date.now() + 1500;
    else if (key === "?") help();
    else if (key === "j") walk(1);
    else if (key === "k") walk(-1);
    else if (key === "/") {
      const search = document.querySelector("main input[type=search]");
      if (search instanceof HTMLElement) {
        event.preventDefault();
        search.focus();
      }
    }
  });
}
