// Who may do what: an invited viewer looks and downloads, a member creates, and neither opens keys.
import assert from "node:assert/strict";
import { calm, open, person } from "../lib/chromium.js";
import { PASSWORD, createQuote, passwordIfAsked, signUp, upgrade } from "../lib/steps.js";

export const name = "a viewer looks and downloads, a member creates, and keys are the owner's";

export async function tell({ browser, service, device, context }) {
  const page = await open(context);
  const base = await signUp(page, "Cy Orth", `Orthaven ${device.name}`);
  await upgrade(page, base);
  const made = await createQuote(page, base, "One promise, *four* sizes.");
  const link = await invite(page, base, `viewer.${device.name}@example.com`);
  const other = await person(browser, service, device);
  try {
    const viewer = await open(other);
    await join(viewer, link);
    await looks(viewer, base, made);
    await page.goto(`${base}/settings/members`);
    await page.getByLabel("Role of Dee Vane").selectOption("member");
    await passwordIfAsked(page);
    await page.waitForFunction(() => document.querySelector("[aria-label='Role of Dee Vane']")?.value === "member");
    await creates(viewer, base);
    calm(viewer);
  } finally {
    await other.close();
  }
  calm(page);
}

async function invite(page, base, email) {
  await page.goto(`${base}/settings/members`);
  await page.getByRole("link", { name: "Invite people" }).click();
  await passwordIfAsked(page);
  await page.getByLabel(/^E-mail/).fill(email);
  await page.getByRole("radio", { name: "viewer" }).check();
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  return page.getByLabel(email).inputValue();
}

async function join(page, link) {
  await page.goto(link);
  await page.getByLabel("Your name").fill("Dee Vane");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Join the team" }).click();
  await page.waitForURL(/\/t\//);
}

async function looks(page, base, made) {
  await page.goto(made);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download Instagram square" }).click()]);
  assert.equal(file.suggestedFilename(), "quote-square.png");
  assert.equal(await page.getByRole("link", { name: "Use these inputs again" }).count(), 0);
  for (const path of ["/create/tg_quote", "/kits/new", "/settings/keys", "/settings/keys/new", "/settings/members/invite"]) {
    const answer = await page.goto(`${base}${path}`);
    const offered = await page.locator("main").getByRole("button", { name: /^(Generate|Create|Invite|Send)/ }).count();
    assert.ok(answer.status() === 403 || offered === 0, `${path} is not for a viewer`);
  }
}

async function creates(page, base) {
  await createQuote(page, base, "Now I can *make* one.");
  const answer = await page.goto(`${base}/settings/keys`);
  assert.equal(answer.status(), 403);
  await page.getByText(/owner|admin/).first().waitFor();
}
