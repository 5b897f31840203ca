// @ts-check
// The strip of the front page: four pictures, drawn again while somebody types.

/** After the last key, in milliseconds. */
const PAUSE = 120;

/**
 * @typedef {{ pictures: { key: string, src: string }[], millis: number }} Answer
 */

/** @param {HTMLFormElement} form */
export function trying(form) {
  /** @type {AbortController | undefined} */
  let running;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const kit = form.querySelector("[name=kit]");
  const text = form.querySelector("[name=text]");
  const took = document.querySelector("[data-took]");
  if (!(kit instanceof HTMLInputElement) || !(text instanceof HTMLInputElement)) return;

  const draw = async () => {
    running?.abort();
    running = new AbortController();
    const query = new URLSearchParams({ kit: kit.value, text: text.value });
    try {
      const answer = await fetch(`/try?${query}`, { signal: running.signal, headers: { accept: "application/json" } });
      if (!answer.ok) {
        if (took) took.textContent = answer.status === 429 ? "That was a lot of pictures. Wait a minute." : "Busy. Type on in a moment.";
        return;
      }
      /** @type {Answer} */
      const { pictures, millis } = await answer.json();
      for (const { key, src } of pictures) {
        const image = document.querySelector(`[data-size="${CSS.escape(key)}"]`);
        if (image instanceof HTMLImageElement) image.src = src;
      }
      if (took) took.textContent = `${pictures.length} pictures in ${millis} ms, by the engine that also answers the API.`;
    } catch {
      // Something newer is wanted, or there is no connection: the pictures stay.
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    draw();
  });
  const links = form.querySelectorAll("[data-kit]");
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      kit.value = (link instanceof HTMLElement && link.dataset.kit) || kit.value;
      for (const other of links) other.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      draw();
    });
  }
}

const form = document.querySelector("[data-try]");
if (form instanceof HTMLFormElement) trying(form);
