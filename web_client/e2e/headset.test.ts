/** An emulated headset waves at the shipped model: the poses arrive, and the character saw a wave. */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, openPage } from "./support/browser";
import { emulateHeadset, playTrackers, type TrackerFile } from "./support/headset";
import { makeUser, ready, SLOW, state, until } from "./support/probe";
import { OUT, type RunningServer, startServer } from "./support/server";

describe("in VR with an emulated headset", () => {
  let server: RunningServer;
  let browser: BrowserContext;
  let page: Page;
  let wave: TrackerFile;

  beforeAll(async () => {
    server = await startServer("default");
    wave = JSON.parse(readFileSync(join(makeUser(), "wave.json"), "utf8")) as TrackerFile;
    browser = await openBrowser({ width: 480, height: 300 });
    await emulateHeadset(browser);
    ({ page } = await openPage(browser, `${server.url}/?quality=lowest&mode=push`));
    await ready(page);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  test("entering puts the character in front of the user, at talking distance and facing them", async () => {
    await page.dispatchEvent("#enter-vr", "click"); // the emulator lays its canvas over the page
    await page.waitForFunction(() => window.solami.stage.renderer.xr.isPresenting, null, { timeout: SLOW });
    await until(page, (s) => s.microphone === "on");
    await page.waitForFunction(() => window.solami.vr.placement !== null, null, { timeout: SLOW });
    const placement = await page.evaluate(() => window.solami.vr.placement);
    expect(placement?.distance_m).toBeGreaterThan(1.1);
    expect(placement?.distance_m).toBeLessThan(1.7);
    expect(Math.abs(placement?.bearing_rad ?? 9)).toBeLessThan(0.3);
    await page.screenshot({ path: resolve(OUT, "vr.png") });
  });

  test("the user's wave arrives and is seen as a wave", async () => {
    const before = await page.evaluate(() => window.solami.vr.sent);
    await page.evaluate(() => window.solami.conversation.startTalking());
    await page.evaluate(playTrackers, wave);
    expect((await page.evaluate(() => window.solami.vr.sent)) - before).toBeGreaterThan(30);
    await page.evaluate(() => window.solami.conversation.stopTalking());
    await until(page, (s) => s.last !== null);
    expect((await state(page)).saw).toMatch(/wav|hello|hi\b/i);
  });

  test("leaving VR and entering again keep the session", async () => {
    const session = await page.evaluate(() => window.solami.conversation.sessionId);
    await page.evaluate(() => window.solami.vr.exit());
    await page.waitForFunction(() => !window.solami.stage.renderer.xr.isPresenting, null, { timeout: SLOW });
    expect(await page.evaluate(() => window.solami.vr.placement)).toBeNull();
    await page.dispatchEvent("#enter-vr", "click"); // the emulator lays its canvas over the page
    await page.waitForFunction(() => window.solami.stage.renderer.xr.isPresenting && window.solami.vr.placement !== null, null, { timeout: SLOW });
    expect(await page.evaluate(() => window.solami.conversation.sessionId)).toBe(session);
  });
});
