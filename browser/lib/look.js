// What is asked of every page, whatever it is about.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** Bytes of HTML, CSS and script of a first visit, as they were sent. */
const WEIGHT = 100_000;
/** Pages that hold more than the rule allows: every component many times, and a whole document as text. */
const HEAVY = [
  [/^\/design$/, 200_000],
  [/\/templates\/[^/]+$/, 250_000],
];
/** Its two halves find their widths while it is still coming. */
const MOVES = "/design";
const SHIFT = 0.02;

/** Faults of a page in words; `dark` looks at its contrasts once more in dark. */
export async function axe(page, { dark = false } = {}) {
  const rules = dark ? { runOnly: { type: "rule", values: ["color-contrast"] } } : { runOnly: { type: "tag", values: TAGS } };
  // What a page scrolled to by itself would stand under its sticky bar.
  await page.evaluate(() => scrollTo(0, 0));
  // The page's policy forbids scripts of others; what the debugger evaluates is not under it.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, { ...options, resultTypes: ["violations"] }), rules);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}: ${node.failureSummary.replaceAll(/\s+/g, " ")}`));
}

/** Title, one `h1`, language, weight and calm of the page as it was just loaded. */
export async function bones(page) {
  const found = await page.evaluate(async () => {
    const shifts = await new Promise((resolve) => {
      const all = [];
      new PerformanceObserver((list) => all.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(all), 50);
    });
    const moved = shifts.flatMap((entry) => entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 60) ?? "text"));
    const own = performance.getEntriesByType("resource").filter((entry) => /\.(css|js)(\?|$)/.test(entry.name));
    return {
      title: document.title,
      headings: [...document.querySelectorAll("h1")].map((h1) => h1.textContent.trim()),
      mains: document.querySelectorAll("main").length,
      lang: document.documentElement.lang,
      weight: [performance.getEntriesByType("navigation")[0], ...own].reduce((sum, entry) => sum + entry.encodedBodySize, 0),
      shift: shifts.reduce((sum, entry) => sum + entry.value, 0),
      moved: [...new Set(moved)].slice(0, 4),
    };
  });
  const faults = [];
  if (!/^.+ · RepeatPosts$/.test(found.title)) faults.push(`title "${found.title}"`);
  if (found.headings.length !== 1 || found.headings[0] === "") faults.push(`h1: ${JSON.stringify(found.headings)}`);
  if (found.mains !== 1) faults.push(`${found.mains} main elements`);
  if (found.lang === "") faults.push("no language");
  const { pathname } = new URL(page.url());
  const most = HEAVY.find(([path]) => path.test(pathname))?.[1] ?? WEIGHT;
  if (found.weight > most) faults.push(`${found.weight} bytes of HTML, CSS and script; ${most} are allowed`);
  if (found.shift > SHIFT && pathname !== MOVES) faults.push(`layout shift of ${found.shift.toFixed(3)}: ${found.moved.join(", ")}`);
  return faults;
}

/** What is wider than the window. */
export async function sideways(page) {
  return page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return [];
    const wide = [...document.querySelectorAll("main *, header *, footer *")].filter((part) => part.getBoundingClientRect().right > most + 1);
    const names = wide.slice(0, 4).map((part) => `${part.tagName.toLowerCase()}.${part.className}`);
    return [`${document.documentElement.scrollWidth} px wide in a window of ${most}: ${names.join(", ")}`];
  });
}

/** Walks the page by Tab: the skip link first, each stop in view with a sign of focus, and out at the end. */
export async function byKeyboard(page) {
  const faults = [];
  // A dialog keeps the focus until it is closed.
  if (await page.evaluate(() => document.querySelector("dialog:modal") !== null)) return faults;
  await page.evaluate(() => {
    // Tab goes on from where the focus was: where a page took it for a field, from the start again.
    const start = document.createElement("span");
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    start.remove();
    scrollTo(0, 0);
    globalThis.stops = new Set();
  });
  for (let step = 0; step < 400; step += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(stopped, step);
    if (stop.over) return faults;
    if (stop.fault) faults.push(stop.fault);
  }
  return [...faults, "Tab never comes to an end"];
}

/** Runs in the page: looks at where the focus is. */
function stopped(step) {
  const at = document.activeElement;
  if (!at || at === document.body || globalThis.stops.has(at)) return { over: true };
  globalThis.stops.add(at);
  const name = `${at.tagName.toLowerCase()}${at.id ? `#${at.id}` : ""} "${(at.textContent || at.getAttribute("aria-label") || at.name || "").trim().slice(0, 40)}"`;
  if (step === 0) return at.matches(".skip, main *") ? {} : { fault: `the first stop is ${name}, not the skip link` };
  // Of a link over two lines, the first one.
  const box = at.getClientRects()[0] ?? at.getBoundingClientRect();
  const holder = at.closest(".choice, .check, .drop, .size-chip, .editor, .chip") ?? at;
  const style = [at, holder].map((part) => getComputedStyle(part));
  if (!style.some((part) => part.outlineStyle !== "none" && parseFloat(part.outlineWidth) > 0)) return { fault: `${name} shows no focus` };
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return { fault: `${name} is out of view` };
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  if (top && !at.contains(top) && !top.contains(at) && !holder.contains(top)) return { fault: `${name} is under ${top.tagName.toLowerCase()}.${top.className}` };
  return {};
}

/** Texts that lie under the picture or the menu beside them. */
export function crowded(page) {
  return page.evaluate(() => {
    const words = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return [...range.getClientRects()].filter((rect) => rect.width > 1 && rect.height > 1);
    };
    const meets = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    return [...document.querySelectorAll("main .avatar, .is-cards td.end > *")].flatMap((one) => {
      const box = one.getBoundingClientRect();
      const part = one.closest("td") ?? one;
      const others = [...part.parentElement.children].filter((other) => other !== part && !other.contains(one) && box.width > 0);
      return others.filter((other) => words(other).some((rect) => meets(rect, box))).map((other) => `text is covered: ${other.textContent.trim().slice(0, 40)}`);
    });
  });
}
