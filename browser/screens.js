// The pictures of docs/screens, from the real thing: REPEATPOSTS_BIN=… npm run screens
import { writeFile } from "node:fs/promises";
import { DESKTOP, PHONE, launch, open, person } from "./lib/chromium.js";
import { links, veteran } from "./lib/people.js";
import { startService } from "./lib/service.js";

const FOLDER = new URL("../docs/screens/", import.meta.url);
const QUALITY = 0.82;

/** Name, device, look, where, and what is done there first. */
const SCREENS = [
  ["front", DESKTOP, "light", "/"],
  ["pricing", PHONE, "dark", "/pricing"],
  ["gallery", DESKTOP, "light", "/t/demo/create"],
  ["create", DESKTOP, "dark", "/t/demo/create/tg_quote?example=1"],
  ["create-phone", PHONE, "light", "/t/demo/create/tg_sale?example=1"],
  ["result", DESKTOP, "light", "/t/demo/generations", (page) => page.locator(".history a").last().click()],
  ["history", PHONE, "dark", "/t/demo/generations"],
  ["kit", DESKTOP, "light", "/t/demo/kits", (page) => page.getByRole("heading", { level: 2 }).getByRole("link").first().click()],
  ["template", DESKTOP, "dark", "/t/demo/templates/tg_event"],
  ["keys", DESKTOP, "light", "/t/demo/settings/keys"],
  ["usage", DESKTOP, "dark", "/t/demo/settings/usage"],
  ["members", PHONE, "light", "/t/demo/settings/members"],
];

const service = await startService();
service.links = { desktop: await links(service, DESKTOP) };
const browser = await launch();
try {
  const { context } = await veteran(browser, service, DESKTOP);
  const cookies = await context.cookies();
  for (const [name, device, look, path, act] of SCREENS) {
    const own = await person(browser, service, device, look);
    // The front page is for those who are not in yet.
    if (path.startsWith("/t/")) await own.addCookies(cookies);
    const page = await open(own);
    await page.goto(path);
    await act?.(page);
    await page.waitForLoadState("networkidle");
    await writeFile(new URL(`${name}.webp`, FOLDER), await webp(page, await page.screenshot()));
    await own.close();
  }
} finally {
  await browser.close();
  await service.stop();
}

/** A picture as WebP, by the browser that is there anyway. */
async function webp(page, png) {
  const blank = await page.context().newPage();
  const url = await blank.evaluate(
    async ([data, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
      canvas.getContext("2d").drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", quality);
    },
    [png.toString("base64"), QUALITY],
  );
  return Buffer.from(url.split(",")[1], "base64");
}
