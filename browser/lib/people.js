// Those whose pages are looked at: what they begin with, and how far they go. The pages for everybody are the visitor's.
import { open, person } from "./chromium.js";
import { PASSWORD, createKey, enterBy, signUp } from "./steps.js";

/** Links that only commands print, for one device; asked for before there is any load. */
export async function links(service, { name }) {
  const email = `owner.${name}@example.com`;
  const owner = await service.tool("user", "create", "--email", email, "--name", "Una Ward", "--team", "demo", "--role", "owner");
  await service.tool("user", "make-operator", email);
  const invited = await service.tool("user", "invite", "--email", `guest.${name}@example.com`, "--team", "demo", "--role", "viewer");
  const viewer = await service.tool("user", "create", "--email", `looker.${name}@example.com`, "--name", "Vi Orr", "--team", "demo", "--role", "viewer");
  await service.tool("user", "create", "--email", `late.${name}@example.com`, "--name", "Lou Late");
  const reset = await service.tool("user", "reset", `late.${name}@example.com`);
  return { welcome: owner.link, viewer: viewer.link, invite: invited.link, reset: reset.link };
}

/** An owner of the demo team, an operator, with something in every list. */
export async function veteran(browser, service, device, look) {
  const context = await person(browser, service, device, look);
  const page = await open(context);
  await enterBy(page, service.links[device.name].welcome);
  await page.goto("/account/password");
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: /password/i }).last().click();
  await page.waitForURL(/\/account$/);
  const { key } = await createKey(page, "/t/demo", "Storefront server", "Production");
  await generate(service, key);
  await page.goto("/t/demo/templates/tg_quote");
  await page.getByRole("button", { name: "Duplicate to edit" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith("tg_quote"));
  return { context, page, starts: ["/t/demo", "/operator", "/account", "/teams"], within: ["/t/", "/operator", "/account", "/teams", "/pricing"] };
}

/** One who may look only, and has not given a password yet. */
export async function viewer(browser, service, device, look) {
  const context = await person(browser, service, device, look);
  const page = await open(context);
  await enterBy(page, service.links[device.name].viewer);
  return { context, page, starts: ["/t/demo", "/confirm-password?next=/account"], within: ["/t/"] };
}

/** Somebody who signed up a minute ago. */
export async function newcomer(browser, service, device, look) {
  const context = await person(browser, service, device, look);
  const page = await open(context);
  const base = await signUp(page, "Fay Newman", `Fresh ${device.name} ${look ?? ""}`.trim());
  return { context, page, starts: [base], within: ["/t/"] };
}

export async function visitor(browser, service, device, look) {
  const context = await person(browser, service, device, look);
  const { invite, reset } = service.links[device.name];
  const starts = ["/", "/pricing", "/sign-up", "/sign-up/sent", "/log-in", "/reset", "/reset/sent", "/design", "/nowhere"];
  return { context, page: await open(context), starts: [...starts, invite, reset], within: ["/"] };
}

/** Three generations by the API: a good one, one with warnings, one in test mode's look. */
async function generate(service, key) {
  const bodies = [
    { templateGroupId: "tg_quote", inputData: { title: "Good bread takes a *night*.", name: "Head baker" }, externalId: "spring-1" },
    { templateGroupId: "tg_quote", inputData: { title: "Patience, flour and water: ".repeat(5) } },
    { templateGroupId: "tg_sale", inputData: {} },
  ];
  for (const body of bodies) {
    const headers = { "X-API-Key": key, "Content-Type": "application/json" };
    const answer = await fetch(`${service.url}/v1/generate`, { method: "POST", headers, body: JSON.stringify(body) });
    if (answer.status >= 500) throw new Error(`generate: ${answer.status} ${await answer.text()}`);
  }
}
