// Pictures that follow what is typed, and a measured warning beside the field that caused it.
import assert from "node:assert/strict";
import { calm, open } from "../lib/chromium.js";
import { signUp } from "../lib/steps.js";

export const name = "previews follow the typing, with a measured warning beside its field";

export async function tell({ context, device }) {
  const page = await open(context);
  const base = await signUp(page, "Eve Pom", `Pomblo ${device.name}`);
  await page.goto(`${base}/create/tg_quote`);
  const square = page.locator('[data-size="square"] img').first();
  await settled(page);
  const before = await square.getAttribute("src");
  const quote = page.getByLabel("Quote");
  await quote.pressSequentially("Small and sure.");
  await settled(page);
  const after = await square.getAttribute("src");
  assert.notEqual(after, before, "the picture is another one");
  await quote.fill("A long line about patience, flour and water. ".repeat(4).slice(0, 158));
  const field = page.locator("[data-field]").filter({ has: quote });
  await field.locator(".note").filter({ hasText: /text reduced from \d+ to \d+\spx on \d\slines/ }).waitFor();
  await quote.fill("Patience ".repeat(30));
  await field.locator(".note").filter({ hasText: /takes 160\. Shorten it by \d+\./ }).waitFor();
  await quote.fill("Short again.");
  await page.waitForFunction(() => document.querySelectorAll("[data-field] .note").length === 0);
  await zoom(page);
  calm(page);
}

/** No preview is asked for any more, and the last one has come. */
async function settled(page) {
  await page.waitForTimeout(150);
  await page.waitForFunction(() => !document.querySelector("form[data-studio]")?.dataset.busy);
}

async function zoom(page) {
  const opener = page.getByRole("button", { name: /^Instagram square/ });
  await opener.click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("g");
  assert.equal(await dialog.getByRole("button", { name: /Grid/ }).getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.ok(await opener.evaluate((button) => button === document.activeElement), "focus is where it was");
}
