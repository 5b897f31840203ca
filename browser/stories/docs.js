// From the keys' page to the documentation, one request sent from it, and what it made.
import assert from "node:assert/strict";
import { calm, open } from "../lib/chromium.js";
import { passwordIfAsked, signUp, upgrade } from "../lib/steps.js";

export const name = "the documentation's console sends a real call with a test key";

export async function tell({ context, device }) {
  const page = await open(context);
  const base = await signUp(page, "Hal Reader", `Pages ${device.name}`);
  await upgrade(page, base);
  await page.goto(`${base}/settings/keys`);
  await page.getByRole("link", { name: "View Documentation" }).click();
  await page.waitForURL(/\/settings\/docs/);
  await page.goto(`${base}/settings/docs/generate`);
  const answer = await send(page);
  assert.match(await answer.innerText(), /^200/);
  await answer.locator("img").first().waitFor();
  await page.goto(`${base}/generations?mode=test`);
  await page.getByRole("row").filter({ hasText: "Test" }).first().waitFor();
  calm(page);
}

async function send(page) {
  const part = page.locator("[data-console]").filter({ has: page.locator("form[data-send='POST /v1/generate']") });
  for (let tries = 0; tries < 2; tries += 1) {
    const fold = part.locator("xpath=ancestor::details[@data-side]").locator("> summary");
    if (!(await part.isVisible())) await fold.click();
    if (!(await part.locator("form").isVisible())) await part.locator("> summary").click();
    await part.getByRole("button", { name: "Send request" }).click();
    const shown = part.locator(".exchange");
    await Promise.race([shown.waitFor(), page.waitForURL(/\/confirm-password/)]);
    if (await shown.count()) return shown;
    await passwordIfAsked(page);
  }
  throw new Error("no answer was shown");
}
