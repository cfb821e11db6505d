/** What the page looks like, against references that were looked at; a tolerance for fonts, drivers and idle motion. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BrowserOptions, openBrowser, openPage } from "./support/browser";
import { difference } from "./support/compare";
import { ready, say, until } from "./support/probe";
import { OUT, type RunningServer, startServer, WEB_CLIENT } from "./support/server";

const REFERENCES = resolve(WEB_CLIENT, "e2e/references");
const MOST_DIFFERENT = 0.12; // share of a 64x64 thumbnail's cells that may differ visibly

const LOOKS: [string, BrowserOptions][] = [
  ["desktop_light", { width: 1280, height: 720 }],
  ["desktop_dark", { width: 1280, height: 720, dark: true }],
  ["phone_light", { width: 390, height: 844, touch: true }],
  ["phone_dark", { width: 390, height: 844, touch: true, dark: true }],
];

describe("looks", () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer("debug");
    mkdirSync(OUT, { recursive: true });
  });

  afterAll(async () => server?.stop());

  test.each(LOOKS)("%s is as it was when somebody looked at it", async (name, options) => {
    const browser = await openBrowser(options);
    try {
      const { page } = await openPage(browser, `${server.url}/?quality=low`);
      await ready(page);
      await say(page, "Hello, can you wave to me?");
      await until(page, (s) => s.last !== null && s.avatarState === "idle" && s.meter.lead_ms === 0);
      const layout = await page.evaluate(() => {
        const inside = (id: string): boolean => {
          const box = document.querySelector(id)?.getBoundingClientRect();
          return box !== undefined && box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight;
        };
        return ["#mic", "#say", "#send", "#persona", "#open-settings", ".line.character"].filter((id) => !inside(id));
      });
      expect(layout).toEqual([]);
      const picture = await page.screenshot({ type: "jpeg", quality: 80, path: resolve(OUT, `${name}.jpg`) });
      const reference = resolve(REFERENCES, `${name}.jpg`);
      if (process.env["SOLAMI_KEEP_LOOKS"]) {
        mkdirSync(REFERENCES, { recursive: true });
        writeFileSync(reference, picture);
      }
      expect(existsSync(reference), "no reference: look at e2e/out, then run with SOLAMI_KEEP_LOOKS=1").toBe(true);
      expect(await difference(page, picture, readFileSync(reference))).toBeLessThan(MOST_DIFFERENT);
    } finally {
      await browser.close();
    }
  });
});
