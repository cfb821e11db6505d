/** Takes the pictures of docs/images/web_*.png: the page and a phone with the shipped character, VR and the latency panel with a scripted one. Look at them. */

import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { type BrowserOptions, openBrowser, openPage } from "../e2e/support/browser";
import { emulateHeadset } from "../e2e/support/headset";
import { ready, say, SLOW, until } from "../e2e/support/probe";
import { type RunningServer, startServer, WEB_CLIENT } from "../e2e/support/server";

const OUT = resolve(WEB_CLIENT, "pictures/out");
let shipped: RunningServer;
let scripted: RunningServer; // whose times do not depend on how busy this machine is

beforeAll(async () => {
  mkdirSync(OUT, { recursive: true });
  [shipped, scripted] = await Promise.all([startServer("default"), startServer("debug")]);
});

afterAll(async () => {
  await shipped?.stop();
  await scripted?.stop();
});

async function open(server: RunningServer, address: string, options: BrowserOptions, take: (page: Page) => Promise<void>): Promise<void> {
  const browser = await openBrowser(options);
  try {
    if (address.includes("vr")) await emulateHeadset(browser);
    const { page } = await openPage(browser, `${server.url}/?${address}`);
    await ready(page);
    await take(page);
  } finally {
    await browser.close();
  }
}

const shoot = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: resolve(OUT, `${name}.png`), timeout: 2 * SLOW });
};

/** Wait until the right hand is up. */
async function handUp(page: Page): Promise<void> {
  await page.waitForFunction(() => (window.solami.character.avatar?.bone("rightHand")?.matrixWorld.elements[13] ?? 0) > 1.35, null, { timeout: SLOW });
}

test("the page on a desk, in the middle of a wave", () =>
  open(shipped, "theme=light&quality=high", { width: 1120, height: 640 }, async (page) => {
    await say(page, "Hello! Can you wave to me?");
    await handUp(page);
    await shoot(page, "web_page");
  }));

test("the latency panel after a turn, in the dark", () =>
  open(scripted, "theme=dark&quality=high&latency", { width: 1120, height: 640 }, async (page) => {
    await say(page, "How do you feel today?");
    await until(page, (s) => s.last !== null && s.meter.played_s > 1);
    await shoot(page, "web_latency");
  }));

test("a phone", () =>
  open(shipped, "theme=light&quality=high", { width: 390, height: 844, touch: true }, async (page) => {
    await say(page, "Please take a bow.");
    await until(page, (s) => s.last !== null && s.meter.played_s > 1);
    await shoot(page, "web_phone");
  }));

test("VR: the character and captions, as a visitor first sees them", () =>
  open(scripted, "theme=light&quality=low&mode=push&vr", { width: 1120, height: 640 }, async (page) => {
    await page.evaluate(() => {
      const { headset } = window;
      headset.quaternion.set(0, 0, 0, 1); // towards lamp and plant
      headset.fovy = 1.35;
      headset.primaryInputMode = "hand";
      headset.hands.right.poseId = "point";
      headset.hands.right.position.set(0.3, 1.35, -0.5);
      headset.hands.left.position.set(-0.3, 1.2, -0.45);
      for (const hand of [headset.hands.left, headset.hands.right]) hand.quaternion.set(0.26, 0, 0, 0.97);
    });
    await page.dispatchEvent("#enter-vr", "click");
    await page.waitForFunction(() => window.solami.vr.placement !== null, null, { timeout: SLOW });
    await page.evaluate(() => window.solami.conversation.say("Hello! Can you wave to me?"));
    await until(page, (s) => s.lines.length > 1);
    await page.waitForTimeout(1500);
    await shoot(page, "web_vr");
  }));
