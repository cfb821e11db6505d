/** Questions to the running page. */

import { mkdtempSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import type { App } from "../../src/app";
import type { PageState } from "../../src/session/state";
import { PYTHON, WEB_CLIENT } from "./server";

declare global {
  interface Window {
    solami: App;
    watched: Watched;
  }
}

/** What was seen and heard on the page since `watch`. */
export interface Watched {
  loudest: number;
  handTravel: number;
  mouthTravel: number;
  sources: string[];
  states: string[];
}

export const SLOW = 120_000;

export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => window.solami?.conversation.isReady && window.solami.character.avatar, null, { timeout: SLOW });
}

export async function state(page: Page): Promise<PageState> {
  return page.evaluate(() => window.solami.conversation.store.value);
}

/** Wait until the page's state is as `condition` says. */
export async function until(page: Page, condition: (state: PageState) => boolean, timeout = SLOW): Promise<void> {
  const end = Date.now() + timeout;
  for (;;) {
    const now = await state(page);
    if (condition(now)) return;
    if (Date.now() > end) throw new Error(`waited in vain for ${condition.toString()}; the page is ${JSON.stringify(now)}`);
    await new Promise((wait) => setTimeout(wait, 60));
  }
}

export async function say(page: Page, text: string): Promise<void> {
  await page.fill("#say", text);
  await page.press("#say", "Enter");
}

/** From now on measure the speaker's level, the right hand's and the mouth's travel, every display frame. */
export async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { solami } = window;
    const seen: Watched = { loudest: 0, handTravel: 0, mouthTravel: 0, sources: [], states: [] };
    window.watched = seen;
    const samples = new Float32Array(2048);
    const hand = { x: 0, y: 0, z: 0, known: false };
    let mouth: Float32Array | null = null;
    const look = (): void => {
      solami.playback?.analyser.getFloatTimeDomainData(samples);
      seen.loudest = Math.max(seen.loudest, ...samples);
      const at = solami.character.avatar?.bone("rightHand")?.matrixWorld.elements;
      if (at) {
        const [x = 0, y = 0, z = 0] = [at[12], at[13], at[14]];
        if (hand.known) seen.handTravel += Math.hypot(x - hand.x, y - hand.y, z - hand.z);
        Object.assign(hand, { x, y, z, known: true });
      }
      const now = solami.conversation.mouth.read(solami.conversation.mixer.replyEpoch, solami.conversation.heard).slice();
      if (mouth) seen.mouthTravel += now.reduce((sum, w, i) => sum + Math.abs(w - (mouth?.[i] ?? 0)), 0);
      mouth = now;
      if (seen.sources.at(-1) !== solami.conversation.mixer.source) seen.sources.push(solami.conversation.mixer.source);
      requestAnimationFrame(look);
    };
    solami.conversation.store.watch((value) => {
      if (seen.states.at(-1) !== value.avatarState) seen.states.push(value.avatarState);
    });
    look();
  });
}

export async function watched(page: Page): Promise<Watched> {
  return page.evaluate(() => window.watched);
}

/** A spoken line and a wave: `line.wav` and `wave.json` in a fresh folder. */
export function makeUser(): string {
  const folder = mkdtempSync(join(tmpdir(), "solami-user-"));
  execFileSync(PYTHON, [resolve(WEB_CLIENT, "e2e/support/make_user.py"), folder], { stdio: "inherit" });
  return folder;
}
