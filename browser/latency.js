// How long after the last key the last live picture stands there: REPEATPOSTS_BIN=… npm run latency
// A figure for a release build on an idle machine; the goal is 150 ms on two cores.
import { loadavg } from "node:os";
import { DESKTOP, launch, open, person } from "./lib/chromium.js";
import { startService } from "./lib/service.js";
import { signUp } from "./lib/steps.js";

const KEYS = 60;
const TEMPLATES = ["tg_quote", "tg_product", "tg_sale", "tg_event"];

/** From here on the page notes when a key came, and when a picture that was put in after it was decoded. */
function watch() {
  const form = document.querySelector("form[data-studio]");
  globalThis.marks = { key: 0, last: 0 };
  form.addEventListener("input", () => (globalThis.marks = { key: performance.now(), last: 0 }), true);
  new MutationObserver((changes) => {
    for (const { target } of changes) target.decode?.().then(() => (globalThis.marks.last = performance.now()), () => {});
  }).observe(form, { subtree: true, attributeFilter: ["src"] });
}

async function measure(page, base, template) {
  await page.goto(`${base}/create/${template}?example=1`);
  await page.evaluate(watch);
  const field = page.locator(".studio-field textarea, .studio-field input[type=text]").first();
  await field.focus();
  const times = [];
  for (let key = 0; key < KEYS; key += 1) {
    // One letter more, one less: the text stays within its limit.
    await page.keyboard.press(key % 2 === 0 ? "a" : "Backspace");
    await page.waitForFunction(() => globalThis.marks.last > 0 && performance.now() - globalThis.marks.last > 150);
    times.push(await page.evaluate(() => globalThis.marks.last - globalThis.marks.key));
  }
  return times.sort((a, b) => a - b);
}

const at = (times, share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(0);

const service = await startService();
const browser = await launch();
try {
  const page = await open(await person(browser, service, DESKTOP));
  const base = await signUp(page, "Ida Clock", "Stopwatch");
  for (const template of TEMPLATES) {
    const times = await measure(page, base, template);
    console.log(`${template}: median ${at(times, 0.5)} ms, p95 ${at(times, 0.95)} ms, worst ${at(times, 1)} ms of ${KEYS} keys`);
  }
  console.log(`load ${loadavg().map((load) => load.toFixed(1)).join(" ")}`);
} finally {
  await browser.close();
  await service.stop();
}
