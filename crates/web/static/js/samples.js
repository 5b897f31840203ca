// @ts-check
// Code in nine languages: one choice for all blocks of a page. A tab is a link to the same page in its language; here
// only the blocks are exchanged.

/**
 * The tab that an arrow key leads to.
 * @template T
 * @param {T[]} tabs
 * @param {T} now
 * @param {string} key
 * @returns {T | undefined}
 */
export function neighbour(tabs, now, key) {
  const at = tabs.indexOf(now);
  if (key === "Home") return tabs[0];
  if (key === "End") return tabs.at(-1);
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  return step === 0 ? undefined : tabs[(at + step + tabs.length) % tabs.length];
}

/** Only the chosen tab is a stop of the Tab key; arrows go on from it. */
export function rove() {
  for (const tab of document.querySelectorAll("[data-sample] [role=tab]")) {
    if (tab instanceof HTMLElement) tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
  }
  for (const tab of document.querySelectorAll("[data-sample] [aria-selected=true]")) {
    const list = tab.parentElement;
    if (tab instanceof HTMLElement && list) list.scrollLeft = tab.offsetLeft - list.offsetLeft - 40;
  }
}

/**
 * Puts the blocks of a fresh copy of the page in place of those that are there. A tab with the focus keeps it.
 * @param {ParentNode} fresh
 */
export function exchange(fresh) {
  const held = document.activeElement;
  const block = held?.closest("[data-sample]")?.id;
  const language = held instanceof HTMLElement ? held.dataset.lang : undefined;
  for (const block of document.querySelectorAll("[data-sample]")) {
    const other = fresh.querySelector(`[data-sample][id="${CSS.escape(block.id)}"]`);
    if (other) block.replaceWith(other);
  }
  rove();
  if (block && language) {
    const tab = document.querySelector(`[id="${CSS.escape(block)}"] [data-lang="${CSS.escape(language)}"]`);
    if (tab instanceof HTMLElement) tab.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("samples"));
}

/** @param {HTMLAnchorElement} tab */
async function choose(tab) {
  const own = tab.closest("[data-samples]");
  if (own) {
    own.dispatchEvent(new CustomEvent("language", { detail: tab.dataset.lang }));
    return;
  }
  const answer = await fetch(tab.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return location.assign(tab.href);
  exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
  const url = new URL(tab.href);
  history.replaceState(history.state, "", url.pathname + url.search + location.hash);
}

export function samples() {
  document.addEventListener("click", (event) => {
    const tab = event.target instanceof Element ? event.target.closest("[data-sample] [role=tab]") : null;
    if (!(tab instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target;
    if (!(tab instanceof HTMLAnchorElement) || !tab.matches("[data-sample] [role=tab]")) return;
    const next = neighbour([...tab.parentElement?.querySelectorAll("a") ?? []], tab, event.key);
    if (next) {
      event.preventDefault();
      next.focus();
      choose(next);
    } else if (event.key === " ") {
      event.preventDefault();
      choose(tab);
    }
  });
  rove();
}
