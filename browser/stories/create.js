// Sign up, a brand kit from a logo, pictures, and their files.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { calm, open } from "../lib/chromium.js";
import { createQuote, signUp } from "../lib/steps.js";

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="40" height="40" rx="8" fill="#1d4e89"/><path d="M10 30V10l20 20V10" fill="none" stroke="#f7b801" stroke-width="5"/><rect x="52" y="14" width="60" height="12" fill="#1d4e89"/></svg>`;

export const name = "a new team gets from sign-up over a logo to downloaded pictures";

export async function tell({ context, device }) {
  const page = await open(context);
  const base = await signUp(page, "Ada Bell", `Northbank ${device.name}`);
  await kitFromLogo(page, base);
  await createQuote(page, base, "Good bread takes a *night*.");
  assert.match(await page.locator("main").innerText(), /Northbank Blue/, "made in the new kit");
  await downloads(page);
  const left = await page.locator(".credits").first().textContent();
  assert.match(left, /246 of 250/);
  calm(page);
}

/** On Essentials the one kit is there already: it takes the logo and its colours. */
async function kitFromLogo(page, base) {
  await page.goto(`${base}/kits`);
  await page.getByRole("heading", { level: 2 }).getByRole("link").click();
  const primary = page.getByLabel("Colour", { exact: true }).first();
  const before = await primary.inputValue();
  await page.getByLabel("Another logo").setInputFiles({ name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from(LOGO) });
  await page.getByRole("button", { name: "Upload logo" }).click();
  await page.getByRole("button", { name: "Take its colours" }).click();
  await page.waitForFunction((old) => document.querySelector("[name=colors-0-hex]")?.value !== old, before);
  assert.equal(await primary.inputValue(), "#1d4e89");
  const name = page.getByRole("textbox", { name: "Name" }).last();
  await name.fill("Northbank Blue");
  await page.getByRole("button", { name: "Save brand kit" }).first().click();
  await page.getByText("Brand kit saved.").waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Northbank Blue");
}

async function downloads(page) {
  const [one] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download Instagram square" }).click()]);
  assert.equal(one.suggestedFilename(), "quote-square.png");
  const picture = await readFile(await one.path());
  assert.equal(picture.subarray(1, 4).toString(), "PNG");
  assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [1080, 1080]);
  const [all] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download all as ZIP" }).click()]);
  const zip = await readFile(await all.path());
  assert.equal(zip.subarray(0, 2).toString(), "PK");
  assert.ok(zip.includes("quote-square.png"));
}
