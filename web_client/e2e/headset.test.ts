/** An emulated headset waves at the shipped model: the poses arrive, and the character saw a wave. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, type OpenPage, openPage } from "./support/browser";
import { blueShare } from "./support/compare";
import { emulateHeadset, playTrackers, type TrackerFile } from "./support/headset";
import { makeUser, ready, SLOW, state, until } from "./support/probe";
import { OUT, PYTHON, type RunningServer, startServer } from "./support/server";

const WAVE = /wav|hello|hi\b/i;

/** What the mirror's figure did, in every frame in which it was there. */
interface Mirrored {
  frames: number;
  highest_m: number;
  feet_m: number;
}

declare global {
  interface Window {
    mirrored: Mirrored;
  }
}

/** Runs in the page: watches the mirror's figure from now on. */
function watchMirror(): void {
  const { mirror } = window.solami.vr;
  const seen: Mirrored = { frames: 0, highest_m: 0, feet_m: 9 };
  window.mirrored = seen;
  const height = (bone: string): number => mirror.figure?.bone(bone)?.matrixWorld.elements[13] ?? 0;
  setInterval(() => {
    if (!mirror.root.visible) return;
    seen.frames += 1;
    seen.highest_m = Math.max(seen.highest_m, height("rightHand"), height("leftHand"));
    seen.feet_m = Math.min(seen.feet_m, height("leftFoot"), height("rightFoot"));
  }, 33);
}

describe("in VR with an emulated headset", () => {
  let server: RunningServer;
  let browser: BrowserContext;
  let open: OpenPage;
  let page: Page;
  let wave: TrackerFile;

  beforeAll(async () => {
    server = await startServer("default");
    const user = makeUser();
    wave = JSON.parse(readFileSync(join(user, "wave.json"), "utf8")) as TrackerFile;
    browser = await openBrowser({ width: 480, height: 300, microphone: join(user, "quiet.wav") });
    await emulateHeadset(browser);
    open = await openPage(browser, `${server.url}/?quality=lowest&mode=push&mirror`);
    page = open.page;
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
    const picture = await page.screenshot({ path: resolve(OUT, "vr.png") });
    expect(await blueShare(page, picture)).toBeLessThan(0.005); // no mirror before the server knows a body
  });

  test("the user's wave arrives and is seen as a wave, by the character and in the mirror", async () => {
    const before = await page.evaluate(() => window.solami.vr.sent);
    await page.dispatchEvent("#record", "click");
    await page.waitForFunction(() => window.solami.vr.mirror.figure !== null, null, { timeout: SLOW });
    await page.evaluate(watchMirror);
    await page.evaluate(playTrackers, { ...wave, frames: wave.frames.slice(0, 10) }); // hands down first
    await page.evaluate(() => window.solami.conversation.startTalking());
    await page.evaluate(playTrackers, wave);
    expect((await page.evaluate(() => window.solami.vr.sent)) - before).toBeGreaterThan(30);
    await page.evaluate(() => window.solami.conversation.stopTalking());
    await until(page, (s) => s.last !== null);
    expect((await state(page)).last?.status).toBe("completed");
    await page.waitForFunction(() => window.mirrored.frames > 30, null, { timeout: SLOW });
    const { highest_m, feet_m } = await page.evaluate(() => window.mirrored);
    expect(highest_m).toBeGreaterThan(1.2); // the hand of somebody who waves
    expect(feet_m).toBeLessThan(0.25);
    expect((await state(page)).saw).toMatch(WAVE);
  });

  test("the mirror's figure is drawn beside the character, and stays after the turn", async () => {
    const picture = await page.screenshot({ path: resolve(OUT, "mirror.png") });
    expect(await blueShare(page, picture)).toBeGreaterThan(0.02);
  });

  test("the recording of it is replayed by `solami talk`, and is seen as a wave again", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.dispatchEvent("#record", "click")]);
    const folder = mkdtempSync(join(tmpdir(), "solami-recorded-"));
    await download.saveAs(join(folder, "session.zip"));
    execFileSync(PYTHON, ["-m", "zipfile", "-e", "session.zip", "."], { cwd: folder });
    const [command = ""] = readFileSync(join(folder, "replay.sh"), "utf8").trim().split("\n");
    expect(command).toMatch(/^solami talk --persona 'ada' --audio turn_1.wav --motion turn_1_motion.npz/);
    const words = command.replaceAll("'", "").split(" ").slice(1);
    const answer = execFileSync(PYTHON, ["-m", "solami", ...words, "--pace", "0", "--json"], { cwd: folder, encoding: "utf8" });
    expect(answer).toMatch(/"saw": "[^"]*(wav|hello|hi\b)/i);
  });

  test("tracked fingers arrive: a pointing hand has its middle finger bent in the mirror", async () => {
    await page.evaluate(() => {
      window.headset.primaryInputMode = "hand";
      window.headset.hands.right.poseId = "point";
      window.solami.conversation.startTalking();
    });
    const bent = (): boolean => Math.abs(window.solami.vr.mirror.figure?.bone("rightMiddleProximal")?.quaternion.w ?? 1) < 0.95; // at rest 0.99
    await page.waitForFunction(bent, null, { timeout: SLOW });
    await page.evaluate(() => window.solami.conversation.stopTalking());
    await until(page, (s) => s.avatarState === "idle");
  });

  test("leaving VR and entering again keep the session", async () => {
    const session = await page.evaluate(() => window.solami.conversation.sessionId);
    await page.evaluate(() => window.solami.vr.exit());
    await page.waitForFunction(() => !window.solami.stage.renderer.xr.isPresenting, null, { timeout: SLOW });
    expect(await page.evaluate(() => window.solami.vr.placement)).toBeNull();
    await page.dispatchEvent("#enter-vr", "click"); // the emulator lays its canvas over the page
    await page.waitForFunction(() => window.solami.stage.renderer.xr.isPresenting && window.solami.vr.placement !== null, null, { timeout: SLOW });
    expect(await page.evaluate(() => window.solami.conversation.sessionId)).toBe(session);
    expect(open.complaints).toEqual([]);
  });
});
