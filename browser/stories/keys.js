// The plan gate, a key, the call that its page offers, and what a revoked key is worth.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { calm, open } from "../lib/chromium.js";
import { createKey, passwordIfAsked, signUp, upgrade } from "../lib/steps.js";

export const name = "a team upgrades, makes a key, pastes the shown call, and revokes the key";

export async function tell({ context, device }) {
  const page = await open(context);
  const base = await signUp(page, "Bo Frey", `Halvmark ${device.name}`);
  await gate(page, base);
  await upgrade(page, base);
  const { key, call } = await createKey(page, base, "Storefront server", "Production");
  const generation = await paste(call);
  assert.equal(generation.status, "completed");
  await inHistory(page, base, generation.id);
  await revoke(page, base);
  const refused = JSON.parse(await shell(call));
  assert.equal(refused.error.code, "invalid_api_key", JSON.stringify(refused));
  await page.goto(`${base}/settings/audit`);
  await page.getByText("Storefront server").first().waitFor();
  assert.ok(!(await page.content()).includes(key));
  calm(page);
}

async function gate(page, base) {
  await page.goto(`${base}/settings/keys`);
  await page.getByText("API access starts with Agency").waitFor();
  assert.equal(await page.getByRole("link", { name: "Create API Key" }).count(), 0);
  await page.goto(`${base}/settings/keys/new`);
  assert.ok(page.url().endsWith("/settings/keys"), "the form is not there on this plan");
}

async function paste(call) {
  const generation = JSON.parse(await shell(call));
  assert.equal(generation.images?.length, 4, JSON.stringify(generation));
  const picture = await fetch(generation.images[0].url);
  assert.equal(picture.headers.get("content-type"), "image/png");
  return generation;
}

async function shell(call) {
  return (await promisify(execFile)("sh", ["-c", call])).stdout;
}

async function inHistory(page, base, id) {
  await page.goto(`${base}/generations`);
  const row = page.locator("tr").filter({ has: page.locator(`a[href$="${id}"]`) });
  assert.match(await row.innerText(), /API · Storefront server/);
  await row.getByRole("link").click();
  await page.getByRole("link", { name: "Download all as ZIP" }).waitFor();
}

async function revoke(page, base) {
  await page.goto(`${base}/settings/keys`);
  await page.getByRole("link", { name: "Storefront server" }).click();
  await page.getByText("Requests with it will fail at once.").waitFor();
  const typed = page.locator("#revoke").getByRole("textbox");
  if (await typed.count()) await typed.fill("Storefront server");
  await page.getByRole("button", { name: "Revoke key" }).click();
  await passwordIfAsked(page);
  await page.getByText("revoked. Requests with it fail from now on.").waitFor();
}
