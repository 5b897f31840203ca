// @ts-check
// A run that goes on: looks again until it stands still.

/** Between two looks, in milliseconds, and looks between two announcements. */
const PAUSE = 1500;
const SAID = 8;

let looks = 0;

async function look() {
  const shown = document.querySelector("#progress[data-running]");
  if (!(shown instanceof HTMLElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const progress = fresh.querySelector("#progress");
    // Once it stands, buttons and downloads are others too.
    if (!(progress instanceof HTMLElement) || !progress.hasAttribute("data-running")) return location.reload();
    // A link that has the focus must not go.
    if (!shown.contains(document.activeElement)) shown.replaceWith(progress);
    const said = document.querySelector("[data-said]");
    if (said && looks++ % SAID === 0) said.textContent = progress.dataset.words ?? "";
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
