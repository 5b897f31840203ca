// A sheet of 200 rows, from the file over the columns and the check to the ZIP.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { calm, open } from "../lib/chromium.js";
import { signUp, upgrade } from "../lib/steps.js";

const ROWS = 200;
/** What a busy machine may take for them. */
const PATIENCE = 120_000;

export const name = "a sheet of 200 rows becomes 200 pictures and a ZIP";

export async function tell({ context, device }) {
  const page = await open(context);
  const base = await signUp(page, "Gus Row", `Sheet ${device.name}`);
  await upgrade(page, base);
  await page.goto(`${base}/bulk`);
  await page.getByRole("link", { name: "New bulk run" }).first().click();
  await bring(page);
  await match(page);
  await page.getByText(/200\srows × 1\ssize = 200\scredits/).waitFor();
  await page.getByRole("button", { name: /^Generate 200 pictures/ }).click();
  await page.getByText(/200 of 200\srows/).first().waitFor({ timeout: PATIENCE });
  await page.getByRole("link", { name: "Download pictures (ZIP)" }).waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download pictures (ZIP)" }).click()]);
  const zip = await readFile(await file.path());
  const entries = zip.readUInt16LE(zip.lastIndexOf("PK\x05\x06", undefined, "latin1") + 10);
  assert.equal(entries, ROWS);
  calm(page);
}

async function bring(page) {
  const rows = Array.from({ length: ROWS }, (_, row) => `Quote number ${row},Ada,sku-${row}`);
  const sheet = `Quote,Who said it,SKU\n${rows.join("\n")}\n`;
  await page.getByLabel("Template").selectOption("tg_quote");
  await page.locator("input[type=file]").setInputFiles({ name: "Spring.csv", mimeType: "text/csv", buffer: Buffer.from(sheet) });
  await page.getByRole("button", { name: "Match columns" }).click();
}

/** The headings are the fields' names, so that they are guessed; one size is enough. */
async function match(page) {
  await page.getByText("guessed", { exact: true }).first().waitFor();
  for (const name of ["Instagram portrait", "Instagram story", "Link preview"]) await page.getByLabel(name).uncheck();
  await page.getByRole("button", { name: "Check rows" }).click();
}
