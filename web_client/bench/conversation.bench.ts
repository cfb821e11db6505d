/** One minute with the click-and-flip server at 1280x720: frame rate, underruns, sound against picture. Writes JSON. */

import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { openBrowser, openPage } from "../e2e/support/browser";
import { ready, say, SLOW } from "../e2e/support/probe";
import { startServer, WEB_CLIENT } from "../e2e/support/server";
import { LADDER } from "../src/scene/quality";
import type { QualityChoice } from "../src/scene/stage";

const SECONDS = Number(process.env["SOLAMI_BENCH_SECONDS"] ?? 60);
const EVERY_S = 1;
const RATE_HZ = 24000;
const WARM_UP_S = 3;
const RUNG_S = 4;
const HALF_POSE_S = 0.5 / 30;

interface Measured {
  frame_ms: number[];
  flips: { heard: number; turned: boolean }[];
  warm_underruns: number;
  underruns: number;
  renderer: string;
  rung: string;
}

/** Runs in the page: one entry for every drawn frame and for every turn of the wrist, until the reply is over. */
function measure(warm_up_s: number): Promise<Measured> {
  const { solami } = window;
  const { conversation, stage, character } = solami;
  const context = stage.renderer.getContext();
  const names = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = names ? String(context.getParameter(names.UNMASKED_RENDERER_WEBGL)) : "unknown";
  const result: Measured = { frame_ms: [], flips: [], warm_underruns: 0, underruns: 0, renderer, rung: stage.rung };
  let last = 0;
  let turned = false;
  return new Promise((done) => {
    const look = (now: number): void => {
      const report = solami.playback?.latest;
      const heard = conversation.heard;
      if (report && heard > 0) {
        if (heard < warm_up_s * 24000) result.warm_underruns = report.underruns;
        else if (last > 0) result.frame_ms.push(now - last);
        last = now;
        result.underruns = report.underruns;
        const z = character.avatar?.bone("rightHand")?.quaternion.z ?? 0;
        if (z > 0.34 !== turned) {
          turned = !turned;
          result.flips.push({ heard, turned });
        }
      }
      if (report?.finished && conversation.store.value.last) done(result);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** Runs in the page: the time of every frame of some seconds on a rung of the ladder. */
function draw({ rung, seconds }: { rung: QualityChoice; seconds: number }): Promise<number[]> {
  window.solami.stage.setQuality(rung);
  const frame_ms: number[] = [];
  let [begun, last] = [0, 0];
  return new Promise((done) => {
    const look = (now: number): void => {
      if (begun === 0) begun = now;
      else if (now - begun > 1000) frame_ms.push(now - last); // the first second compiles
      last = now;
      if (now - begun < 1000 * (1 + seconds)) requestAnimationFrame(look);
      else done(frame_ms);
    };
    requestAnimationFrame(look);
  });
}

const quantile = (values: number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
};
/** Which flip was seen: the nearest that turns the wrist this way; a page too slow to draw one has missed two. */
const flipAt = ({ heard, turned }: Measured["flips"][number]): number => {
  const back = turned ? 0 : 1;
  return back + 2 * Math.round((heard / RATE_HZ / EVERY_S - 0.5 - back) / 2);
};
const round = (value: number): number => Math.round(10 * value) / 10;

test("one minute of clicks and flips", async () => {
  const [load_before = 0] = loadavg();
  const server = await startServer("click-flip", undefined, [`engine.seconds=${SECONDS}`, `engine.every_s=${EVERY_S}`]);
  const browser = await openBrowser({ width: 1280, height: 720 });
  try {
    const { page, complaints } = await openPage(browser, `${server.url}/?quality=lowest`);
    await ready(page);
    await say(page, "Begin");
    await page.waitForFunction(() => window.solami.conversation.mixer.source === "reply", null, { timeout: SLOW });
    const found = await page.evaluate(measure, WARM_UP_S);
    const ladder: Record<string, number> = {};
    for (const { name } of LADDER) ladder[name] = round(1000 / quantile(await page.evaluate(draw, { rung: name, seconds: RUNG_S }), 0.5));
    // The slerped wrist passes its middle half a pose before the stamp of the turned pose.
    const skew_ms = found.flips
      .filter((flip) => (flipAt(flip) + 0.5) * EVERY_S > WARM_UP_S)
      .map((flip) => 1000 * (flip.heard / RATE_HZ + HALF_POSE_S - (flipAt(flip) + 0.5) * EVERY_S));
    const report = {
      hardware: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`,
      load_before: round(load_before),
      renderer: found.renderer,
      size: "1280x720",
      rung: found.rung,
      seconds: SECONDS,
      fps_p50: round(1000 / quantile(found.frame_ms, 0.5)),
      fps_mean: round(1000 / (found.frame_ms.reduce((sum, ms) => sum + ms, 0) / found.frame_ms.length)),
      frame_ms_p95: round(quantile(found.frame_ms, 0.95)),
      fps_p50_of_rungs: ladder,
      underruns: found.underruns - found.warm_underruns,
      underruns_warm_up: found.warm_underruns,
      flips: found.flips.length,
      av_skew_ms_p50: round(quantile(skew_ms.map(Math.abs), 0.5)),
      av_skew_ms_p95: round(quantile(skew_ms.map(Math.abs), 0.95)),
      complaints,
    };
    writeFileSync(resolve(WEB_CLIENT, "bench-result.json"), `${JSON.stringify(report)}\n`);
    expect(found.flips.length).toBe(Math.floor(SECONDS / EVERY_S));
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    await server.stop();
  }
});
