// Forms that were sent with nothing in them: what the page says then is looked at like the page itself.
import assert from "node:assert/strict";
import { calm } from "./chromium.js";
import { axe, sideways } from "./look.js";

/** Where forms stand; `base` is a team's own start. */
const ANYBODY = ["/sign-up", "/log-in", "/reset"];
const MEMBER = ["/account/name", "/account/email", "/account/password", "/account/delete", "/teams/new"];
const TEAM = [
  "/create/tg_quote",
  "/bulk/new",
  "/kits/new",
  "/templates/import",
  "/settings/general",
  "/settings/general/delete",
  "/settings/members/invite",
];

/** Sends every form empty and looks at the answer: its status, the summary of the problems, axe, and its width. */
export async function refused({ page, starts: [base] }) {
  const faults = [];
  const team = base === "/" ? [] : [...MEMBER, ...TEAM.map((path) => base + path)];
  for (const path of base === "/" ? ANYBODY : team) {
    await page.goto(path);
    const [answer] = await Promise.all([page.waitForNavigation(), page.evaluate(sendEmpty)]);
    const found = await page.evaluate(() => (document.querySelector("main .summary[role=alert]") ? [] : ["no problem is told"]));
    if (answer.status() !== 422) found.push(`status ${answer.status()}`);
    found.push(...(await axe(page)), ...(await sideways(page)));
    faults.push(...found.map((fault) => `${path}: ${fault}`));
  }
  calm(page);
  assert.deepEqual(faults, []);
}

/** Runs in the page. */
function sendEmpty() {
  const form = document.querySelector("main form[method=post]");
  for (const field of form.querySelectorAll("input:not([type=hidden], [type=radio], [type=checkbox], [type=submit]), textarea")) field.value = "";
  form.noValidate = true;
  const button = form.querySelector("button.is-primary") ?? form.querySelector("button:not([type=button])");
  // The debugger has its answer before the page goes.
  setTimeout(() => form.requestSubmit(button));
}
