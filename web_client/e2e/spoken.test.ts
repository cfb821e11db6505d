/** The page against the shipped model: a spoken line in the fake microphone, an answer one can hear and see. */

import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, type OpenPage, openPage } from "./support/browser";
import { makeUser, ready, say, SLOW, state, until, watch, watched } from "./support/probe";
import { type RunningServer, startServer } from "./support/server";

describe("speaking with the shipped character", () => {
  let server: RunningServer;
  let browser: BrowserContext;
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    server = await startServer("default");
    browser = await openBrowser({ width: 420, height: 320, microphone: join(makeUser(), "line.wav") });
    open = await openPage(browser, `${server.url}/?quality=lowest`);
    page = open.page;
    await ready(page);
    await watch(page);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  test("before anybody speaks the character idles in motion that the server sends", async () => {
    await page.waitForFunction(() => window.watched.sources.includes("idle"), null, { timeout: SLOW });
  });

  test("a line spoken into the microphone gets an audible, lip-synced, moving reply with captions", async () => {
    const before = await watched(page);
    await page.click("#mic");
    await until(page, (s) => s.microphone === "on");
    await until(page, (s) => s.last !== null && s.last.status !== "failed" && s.lines.some((line) => line.who === "character"));
    await page.waitForFunction(() => (window.solami.playback?.latest.sample ?? 0) > 12_000, null, { timeout: SLOW });
    const after = await watched(page);
    const { lines, last } = await state(page);
    expect(last?.audio_samples).toBeGreaterThan(12_000);
    expect(after.loudest).toBeGreaterThan(0.02);
    expect(after.handTravel - before.handTravel).toBeGreaterThan(0.02);
    expect(after.mouthTravel - before.mouthTravel).toBeGreaterThan(2);
    expect(lines.find((line) => line.who === "character")?.text.length).toBeGreaterThan(2);
    expect(lines.find((line) => line.who === "user")?.text).toMatch(/wave/i);
  });

  test("the console stayed clean", () => {
    expect(open.complaints).toEqual([]);
  });
});

describe("speaking while the character speaks", () => {
  let server: RunningServer;
  let browser: BrowserContext;

  beforeAll(async () => {
    server = await startServer("click-flip", undefined, ["engine.seconds=60"]);
    browser = await openBrowser({ width: 420, height: 320, microphone: join(makeUser(), "line.wav") });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  test("interrupts it: the sound fades, the body leaves the reply, and the rest never plays", async () => {
    const { page, complaints } = await openPage(browser, `${server.url}/?quality=lowest`);
    await ready(page);
    await watch(page);
    await say(page, "Begin");
    await page.waitForFunction(() => (window.solami.playback?.latest.sample ?? 0) > 24_000, null, { timeout: SLOW });
    await page.click("#mic");
    await until(page, (s) => s.last?.status === "cancelled");
    await page.waitForFunction(() => window.solami.playback?.latest.finished && window.solami.conversation.mixer.source !== "reply", null, { timeout: SLOW });
    const { last, meter } = await state(page);
    expect(meter.played_s).toBeLessThan(50);
    expect(last?.id).toBe("resp_1");
    expect((await watched(page)).states).toContain("interrupted");
    expect(complaints).toEqual([]);
  });
});
