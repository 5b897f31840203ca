// The same questions to every page that a person comes to.
import assert from "node:assert/strict";
import { calm } from "./chromium.js";
import { crawl } from "./crawl.js";
import { axe, bones, byKeyboard, crowded, sideways } from "./look.js";

const NARROW = { width: 320, height: 800 };

/** On a desktop: everything, and at 320 px whether anything sticks out. */
export async function onDesktop({ page, ...where }, service) {
  page.base = service.url;
  const faults = {};
  const visited = await crawl(page, where, async (address) => {
    const found = await bones(page);
    found.push(...(await axe(page)), ...(await byKeyboard(page)), ...(await crowded(page)), ...(await inDark(page)));
    const { width, height } = page.viewportSize();
    await page.setViewportSize(NARROW);
    found.push(...(await sideways(page)));
    await page.setViewportSize({ width, height });
    note(faults, address, found);
  });
  calm(page);
  assert.equal(told(faults), "", `${visited.length} pages`);
}

/** On a phone: what its width and its fingers change. */
export async function onPhone({ page, ...where }, service) {
  page.base = service.url;
  const faults = {};
  const visited = await crawl(page, where, async (address) => {
    note(faults, address, [...(await axe(page)), ...(await sideways(page)), ...(await crowded(page)), ...(await inDark(page))]);
  });
  calm(page);
  assert.equal(told(faults), "", `${visited.length} pages`);
}

async function inDark(page) {
  await page.emulateMedia({ colorScheme: "dark" });
  const found = await axe(page, { dark: true });
  await page.emulateMedia({ colorScheme: "light" });
  return found.map((fault) => `in dark, ${fault}`);
}

function told(faults) {
  return Object.entries(faults).flatMap(([address, found]) => [address, ...found.map((fault) => `  ${fault}`)]).join("\n");
}

function note(faults, address, found) {
  if (found.length > 0) faults[address] = found;
}
