// @ts-check
// A generation that is still drawn: looks again until it is done. Its request in every language.
import { samples } from "./samples.js";

/** Between two looks, in milliseconds. */
const PAUSE = 1500;

async function look() {
  const shown = document.querySelector("#result[data-working]");
  if (!shown) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const result = fresh.querySelector("#result");
    // Once it is done the whole page is another one: title, downloads, what was charged.
    if (result && !result.hasAttribute("data-working")) return location.reload();
    if (result) shown.replaceWith(result);
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
samples();
