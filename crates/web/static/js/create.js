// @ts-check
// The form beside its pictures: previews while typing, uploads, lists, and what the sizes cost.
import { colours, lists, pictures } from "./create-fields.js";
import { calls } from "./create-call.js";
import { zooming } from "./create-zoom.js";

/** After the last key, in milliseconds. */
const PAUSE = 60;
/** Between two announcements, in milliseconds. */
const SPEECH = 2000;

/**
 * @typedef {{ severity: string, text: string }} Note
 * @typedef {{ key: string, src: string, width: number, height: number, warned: number }} Picture
 * @typedef {{ pictures: Picture[], notes: Record<string, Note[]>, examples: string, said: string }} Answer
 */

/**
 * "Generate 4 pictures · 4 credits".
 * @param {number} count
 */
export function generateWords(count) {
  return `Generate ${count} picture${count === 1 ? "" : "s"} · ${count} credit${count === 1 ? "" : "s"}`;
}

/**
 * The notes of one field as list items. Text only: nothing of it is markup.
 * @param {Element | null} list
 * @param {Note[]} notes
 */
function showNotes(list, notes) {
  list?.replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement("li");
      item.className = `note is-${note.severity}`;
      item.textContent = note.text;
      return item;
    }),
  );
}

/** @param {HTMLFormElement} form */
function previews(form) {
  /** @type {AbortController | undefined} */
  let running;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let spoken = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let speech;
  const trouble = form.querySelector("[data-trouble]");

  /** @param {string} text */
  function say(text) {
    clearTimeout(speech);
    const wait = Math.max(0, spoken + SPEECH - Date.now());
    speech = setTimeout(() => {
      spoken = Date.now();
      const place = form.querySelector("[data-said]");
      if (place) place.textContent = text;
    }, wait);
  }

  /** @param {Answer} answer */
  function show(answer) {
    for (const picture of answer.pictures) {
      for (const image of form.querySelectorAll(`[data-size="${CSS.escape(picture.key)}"] img`)) {
        if (image instanceof HTMLImageElement) image.src = picture.src;
      }
      const dot = form.querySelector(`[data-chip="${CSS.escape(picture.key)}"] [data-dot]`);
      if (dot instanceof HTMLElement) dot.hidden = picture.warned === 0;
    }
    for (const field of form.querySelectorAll("[data-field]")) {
      if (field instanceof HTMLElement) showNotes(field.querySelector("[data-notes]"), answer.notes[field.dataset.field ?? ""] ?? []);
    }
    showNotes(form.querySelector("[data-notes-of-all]"), answer.notes[""] ?? []);
    const examples = form.querySelector("[data-examples]");
    if (examples instanceof HTMLElement) {
      examples.hidden = answer.examples === "";
      const names = examples.querySelector("span");
      if (names) names.textContent = answer.examples;
    }
    say(answer.said);
  }

  /** @param {string} text */
  function complain(text) {
    if (!(trouble instanceof HTMLElement)) return;
    trouble.textContent = text;
    trouble.hidden = text === "";
  }

  async function draw() {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    const tile = form.querySelector(".studio-tile:not([data-off]) img")?.clientHeight ?? 0;
    body.set("height", String(Math.round(tile * Math.min(devicePixelRatio, 2)) || 360));
    form.dataset.busy = "true";
    try {
      const token = String(body.get("csrf") ?? "");
      const answer = await fetch(form.dataset.preview ?? "", {
        method: "POST",
        body,
        signal: mine.signal,
        headers: { Accept: "application/json", "X-CSRF-Token": token },
      });
      const json = await answer.json();
      if (!answer.ok) return complain(json.message ?? "The preview could not be drawn.");
      complain("");
      show(json);
    } catch (error) {
      if (!mine.signal.aborted) complain("You are offline. What you wrote is still here; the preview comes back with the connection.");
    } finally {
      if (running === mine) delete form.dataset.busy;
    }
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  addEventListener("online", soon);
  draw();
}

/** @param {HTMLFormElement} form */
function sizes(form) {
  const button = form.querySelector("[data-generate]");
  const update = () => {
    const boxes = [...form.querySelectorAll("input[name=size]")].filter((box) => box instanceof HTMLInputElement);
    for (const box of boxes) {
      form.querySelector(`[data-size="${CSS.escape(box.value)}"]`)?.toggleAttribute("data-off", !box.checked);
    }
    if (button) button.textContent = generateWords(boxes.filter((box) => box.checked).length);
  };
  form.addEventListener("change", update);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && button instanceof HTMLButtonElement && !button.disabled) {
      event.preventDefault();
      form.requestSubmit(button);
    }
  });
  update();
}

function start() {
  const form = document.querySelector("form[data-studio]");
  if (!(form instanceof HTMLFormElement)) return;
  pictures(form);
  lists(form);
  colours(form);
  sizes(form);
  previews(form);
  zooming(form);
  calls(form);
}

if (typeof document !== "undefined") start();
