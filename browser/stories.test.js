// One service and one browser for everything; desktop and phone side by side.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DESKTOP, PHONE, launch, person, remember } from "./lib/chromium.js";
import { startService } from "./lib/service.js";
import * as create from "./stories/create.js";
import * as keys from "./stories/keys.js";
import * as preview from "./stories/preview.js";
import * as roles from "./stories/roles.js";

const STORIES = [create, keys, roles, preview];

let service;
let browser;

before(async () => {
  service = await startService();
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

test("the service logged no error", () => {
  assert.deepEqual(service.faults(), []);
});
