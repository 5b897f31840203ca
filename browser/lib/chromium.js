// Debian's Chromium, without a word to anybody but the service.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
];
/** Where pictures of what failed are put. */
const FAILED = new URL("../../target/browser/", import.meta.url);
/** On a busy machine everything takes its time. */
const PATIENCE = 30_000;

export const DESKTOP = { name: "desktop", viewport: { width: 1280, height: 900 } };
export const PHONE = { name: "phone", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    chromiumSandbox: false,
    args: FLAGS,
  });
}

/** A browser of its own for one person; `look` is "light" or "dark". */
export async function person(browser, service, device, look = "light") {
  const { name: _, ...options } = device;
  const context = await browser.newContext({
    ...options,
    baseURL: service.url,
    colorScheme: look,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  return context;
}

/** A page that remembers what went wrong on it, and may not be closed before `calm` was asked. */
export async function open(context) {
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(`${page.url()}: ${error.stack ?? error}`));
  page.on("console", (message) => {
    const { url } = message.location();
    // A refused form is answered with 422, and the browser says so of every such document.
    if (message.type() === "error" && !/status of 4(03|04|22)/.test(message.text())) wrong.push(`${page.url()}: ${message.text()} ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) wrong.push(`${response.status()} ${response.url()}`);
  });
  page.wrong = wrong;
  return page;
}

/** Nothing was written to the page's console, nothing was blocked, nothing failed. */
export function calm(page) {
  assert.deepEqual(page.wrong.splice(0), []);
}

/** What each page looked like when a story failed, and where the picture of it is. */
export async function remember(context, name, error) {
  for (const [index, page] of context.pages().entries()) {
    const file = fileURLToPath(new URL(encodeURIComponent(`${name}, page ${index + 1}.png`), FAILED));
    await page.screenshot({ path: file, fullPage: true }).catch(() => {});
    error.message += `\nat ${page.url()}, seen in ${file}`;
  }
}
