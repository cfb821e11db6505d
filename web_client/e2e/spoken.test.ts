/** The page against the shipped model: a spoken line in the fake microphone, an answer one can hear and see. */

import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, openPage } from "./support/browser";
import { makeUser, ready, SLOW, state, until, watch, watched } from "./support/probe";
import { type RunningServer, startServer } from "./support/server";

describe("speaking with the shipped character", () => {
  let server: RunningServer;
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    server = await startServer("default");
    browser = await openBrowser({ width: 420, height: 320, microphone: join(makeUser(), "line.wav") });
    ({ page } = await openPage(browser, `${server.url}/?quality=lowest`));
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
  });

  test("speaking while the character speaks interrupts it", async () => {
    // The file repeats, so the line comes again and again; a long answer is running when it does.
    await page.waitForFunction(() => window.watched.states.includes("interrupted"), null, { timeout: 4 * SLOW }).catch(() => undefined);
    const { states } = await watched(page);
    expect(states).toContain("interrupted");
  });
});
