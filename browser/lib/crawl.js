// Every page that a person can come to by links, one of each kind.

/** Ids are alike; the templates' forms differ by their controls. */
const ALIKE = [
  [/\/(?!tg_)([a-z]+_)[0-9A-Za-z]{6,}/g, "/$1"],
  [/\/templates\/tg_[^/]+/, "/templates/tg_"],
  [/\/[\w-]{43}$/, "/token"],
  [/\/settings\/docs\/[^/]+/, "/settings/docs/"],
];

/** The kind of a page: its path with ids alike, and the dialog that its address opens. */
export function kind(address) {
  const { pathname, searchParams } = new URL(address);
  const path = ALIKE.reduce((text, [from, to]) => text.replace(from, to), pathname);
  return searchParams.has("dialog") && path !== "/design" ? `${path}?dialog=${searchParams.get("dialog")}` : path;
}

/** Links of a page that lead to pages of ours. */
export function links(page) {
  return page.evaluate(() => {
    const ours = [...document.querySelectorAll("a[href]:not([download]):not([target])")].map((link) => new URL(link.href, location.href));
    return ours
      .filter((url) => url.origin === location.origin && !/^\/(v1|p|m|static|files)\/|\.[a-z]{2,4}$|\/(zip|export)$/.test(url.pathname))
      .map((url) => url.origin + url.pathname + (url.searchParams.has("dialog") ? url.search : ""));
  });
}

/**
 * Goes from `starts` along all links to paths that begin with one of `within`, each kind of page once. `visit(address, answer)`
 * sees each page as it was just loaded. Returns the addresses in the order of their visits.
 */
export async function crawl(page, { starts, within }, visit) {
  const waiting = starts.map((path) => new URL(path, page.base).href);
  const seen = new Set();
  const visited = [];
  while (waiting.length > 0) {
    const address = waiting.shift();
    if (seen.has(kind(address))) continue;
    seen.add(kind(address));
    const answer = await page.goto(address);
    // A page that leads elsewhere is seen there.
    if (kind(page.url()) !== kind(address)) {
      waiting.push(page.url());
      continue;
    }
    waiting.push(...(await links(page)).filter((link) => within.some((start) => new URL(link).pathname.startsWith(start))));
    visited.push(address);
    await visit(address, answer);
  }
  return visited;
}
