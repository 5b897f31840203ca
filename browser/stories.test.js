// One service and one browser for everything; desktop and phone side by side.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DESKTOP, PHONE, launch, person, remember } from "./lib/chromium.js";
import { onDesktop, onPhone } from "./lib/pages.js";
import { links, newcomer, veteran, viewer, visitor } from "./lib/people.js";
import { refused } from "./lib/refusals.js";
import { startService } from "./lib/service.js";
import * as bulk from "./stories/bulk.js";
import * as create from "./stories/create.js";
import * as docs from "./stories/docs.js";
import * as keys from "./stories/keys.js";
import * as preview from "./stories/preview.js";
import * as roles from "./stories/roles.js";

const STORIES = [create, keys, roles, preview, bulk, docs];

let service;
let browser;

before(async () => {
  service = await startService();
  service.links = { desktop: await links(service, DESKTOP), phone: await links(service, PHONE) };
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

describe("stories", { concurrency: 2 }, () => {
  for (const device of [DESKTOP, PHONE]) {
    describe(device.name, () => {
      for (const story of STORIES) {
        test(story.name, async () => {
          const context = await person(browser, service, device);
          try {
            await story.tell({ browser, service, device, context });
          } catch (error) {
            await remember(context, `${device.name} ${story.name}`, error);
            throw error;
          } finally {
            await context.close();
          }
        });
      }
    });
  }
});

describe("pages", { concurrency: 2 }, () => {
  for (const [device, look] of [[DESKTOP, onDesktop], [PHONE, onPhone]]) {
    describe(device.name, () => {
      for (const who of [visitor, newcomer, veteran, viewer]) {
        test(`a ${who.name}'s`, async () => {
          const { context, ...rest } = await who(browser, service, device);
          try {
            await look(rest, service);
          } finally {
            await context.close();
          }
        });
      }
      for (const who of [visitor, newcomer]) {
        test(`a ${who.name}'s empty forms`, async () => {
          const { context, ...rest } = await who(browser, service, device, "light");
          try {
            await refused(rest);
          } finally {
            await context.close();
          }
        });
      }
    });
  }
});

test("the service logged no error", () => {
  assert.deepEqual(service.faults(), []);
});
