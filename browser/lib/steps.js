// What several stories do.
import assert from "node:assert/strict";

export const PASSWORD = "four small green boats";

/** A new account with a team of its own on Essentials. */
export async function signUp(page, name, team) {
  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail").fill(`${slug(name)}.${slug(team)}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Team").fill(team);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(/\/t\//);
  return `/t/${slug(team)}`;
}

/** By a link that a command printed: one press, because mail scanners open links too. */
export async function enterBy(page, link) {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/welcome"));
}

/** From the page that explains what a plan without the API lacks, to a plan that has it. */
export async function upgrade(page, base) {
  await page.goto(`${base}/settings/keys`);
  await page.getByRole("link", { name: "Upgrade to Agency" }).click();
  await page.getByRole("button", { name: /Agency$/ }).click();
  await page.getByText("Your plan", { exact: true }).waitFor();
}

/** Asked again before keys and members; not within minutes of typing it. */
export async function passwordIfAsked(page) {
  if (!new URL(page.url()).pathname.startsWith("/confirm-password")) return;
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/confirm-password"));
}

/** A key, as the page shows it once, and the call that it offers. */
export async function createKey(page, base, name, mode) {
  await page.goto(`${base}/settings/keys`);
  await page.getByRole("link", { name: "Create API Key" }).first().click();
  await passwordIfAsked(page);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("radio", { name: mode }).check();
  await page.getByRole("button", { name: "Create API Key" }).click();
  const key = await page.getByLabel("API key").inputValue();
  assert.match(key, /^rp_(live|test)_[0-9A-Za-z]{38}$/);
  const call = await page.locator("#command").innerText();
  await page.getByLabel("I have saved it").check();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("link", { name }).first().waitFor();
  assert.ok(!(await page.content()).includes(key), "a key is shown once");
  return { key, call };
}

/** Fills the form of "Quote" and makes its pictures; returns the generation's address. */
export async function createQuote(page, base, words) {
  await page.goto(`${base}/create/tg_quote`);
  await page.getByLabel("Quote").fill(words);
  await page.getByRole("button", { name: /^Generate \d pictures/ }).click();
  await page.waitForURL(/\/generations\/gen_/);
  await page.getByRole("link", { name: "Download all as ZIP" }).waitFor();
  return page.url();
}

export function slug(text) {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
