/** A Quest 3 that is not there: iwer, installed before the page asks for WebXR. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { BrowserContext } from "playwright-core";
import { WEB_CLIENT } from "./server";

interface Device {
  position: { set(x: number, y: number, z: number): void };
  quaternion: { set(x: number, y: number, z: number, w: number): void };
}

interface Emulated extends Device {
  controllers: { left: Device; right: Device };
  hands: { left: Device & { poseId: string }; right: Device & { poseId: string } };
  primaryInputMode: "controller" | "hand";
  fovy: number;
  installRuntime(options: { forceInstall: boolean }): void;
}

declare global {
  interface Window {
    IWER: { XRDevice: new (config: unknown) => Emulated; metaQuest3: unknown };
    headset: Emulated;
  }
}

/** Frames of head, left and right: x, y, z, then quaternion x, y, z, w; grips as WebXR has them. */
export interface TrackerFile {
  fps: number;
  frames: number[][][];
}

export async function emulateHeadset(browser: BrowserContext): Promise<void> {
  const library = readFileSync(resolve(WEB_CLIENT, "node_modules/iwer/build/iwer.min.js"), "utf8");
  await browser.addInitScript({ content: library });
  await browser.addInitScript(() => {
    const headset = new window.IWER.XRDevice(window.IWER.metaQuest3);
    headset.installRuntime({ forceInstall: true }); // Chromium has an empty navigator.xr, which is kept otherwise
    Reflect.deleteProperty(window, "XRWebGLBinding"); // its layers have no depth: the floor would hide the feet
    headset.position.set(0, 1.6, 0);
    headset.quaternion.set(0, 1, 0, 0); // faces +Z, as recorded people do
    headset.fovy = 1.2;
    headset.controllers.left.position.set(0.25, 1.1, 0.3);
    headset.controllers.right.position.set(-0.25, 1.1, 0.3);
    for (const controller of [headset.controllers.left, headset.controllers.right]) controller.quaternion.set(0, 1, 0, 0);
    window.headset = headset;
  });
}

/**
 * Runs in the page: moves headset and controllers through a file in real time.
 *
 * The emulator places a controller by its ray; what is wanted is its grip, so the fixed turn and way between the two
 * are measured once and taken off.
 */
export async function playTrackers(file: TrackerFile): Promise<void> {
  const { headset, solami } = window;
  const xr = solami.stage.renderer.xr;
  const session = xr.getSession();
  const space = xr.getReferenceSpace();
  if (!session || !space) throw new Error("not in VR");
  type Turn = [number, number, number, number];
  const times = (a: Turn, b: Turn): Turn => [
    a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1],
    a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
    a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3],
    a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2],
  ];
  const turned = (q: Turn, v: number[]): number[] => {
    const [x, y, z] = times(times(q, [v[0] ?? 0, v[1] ?? 0, v[2] ?? 0, 0]), [-q[0], -q[1], -q[2], q[3]]);
    return [x, y, z];
  };
  const rays = new Map<string, { turn: Turn; way: number[] }>();
  const measure = (frame: XRFrame): void => {
    for (const source of session.inputSources) {
      const ray = source.gripSpace && frame.getPose(source.targetRaySpace, source.gripSpace)?.transform;
      if (!ray) continue;
      const { position: p, orientation: q } = ray;
      rays.set(source.handedness, { turn: [q.x, q.y, q.z, q.w], way: [p.x, p.y, p.z] });
    }
  };
  /** A frame may be read only while its callback runs. */
  const nextFrame = (use: (frame: XRFrame) => void): Promise<void> =>
    new Promise((done) => session.requestAnimationFrame((_time, frame) => (use(frame), done())));
  await nextFrame(measure);
  const start = performance.now();
  for (;;) {
    const at = Math.floor(((performance.now() - start) / 1000) * file.fps);
    const frame = file.frames[at];
    if (!frame) return;
    ["head", "left", "right"].forEach((name, i) => {
      const [x = 0, y = 0, z = 0, ...q] = frame[i] ?? [];
      let [turn, place] = [q as unknown as Turn, [x, y, z]];
      const ray = rays.get(name);
      if (ray) {
        const way = turned(turn, ray.way);
        place = place.map((value, k) => value + (way[k] ?? 0));
        turn = times(turn, ray.turn);
      }
      const device = name === "head" ? headset : headset.controllers[name === "left" ? "left" : "right"];
      device.position.set(place[0] ?? 0, place[1] ?? 0, place[2] ?? 0);
      device.quaternion.set(...turn);
    });
    await nextFrame(() => undefined);
  }
}
