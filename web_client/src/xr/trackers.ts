/** Head, two hands and perhaps their fingers as samples at a fixed rate, whatever rate the headset has. Knows no WebXR. */

import { TRACKER_FLOATS } from "../protocol/media";

export type Sample = Float32Array<ArrayBuffer>;

export const TRACKER_FPS = 30;
const STEP_MS = 1000 / TRACKER_FPS;
const LONGEST_GAP_MS = 2000; // the server counts samples, so a slow page fills its gaps; after this the rate starts anew

export class TrackerClock {
  private before: { time_ms: number; sample: Sample } | null = null;
  private due_ms = 0;

  /** One frame of the headset; returns the samples that fall between the last one and this one. */
  push(time_ms: number, sample: Sample): Sample[] {
    const before = this.before;
    this.before = { time_ms, sample };
    if (!before || time_ms - before.time_ms > LONGEST_GAP_MS) {
      this.due_ms = time_ms + STEP_MS;
      return [sample];
    }
    const out: Sample[] = [];
    while (this.due_ms <= time_ms) {
      const t = (this.due_ms - before.time_ms) / Math.max(1e-6, time_ms - before.time_ms);
      out.push(between(before.sample, sample, Math.max(0, t)));
      this.due_ms += STEP_MS;
    }
    return out;
  }

  reset(): void {
    this.before = null;
  }
}

/** Straight for positions; rotations by normalised interpolation, which is exact enough over one frame. */
function between(a: Sample, b: Sample, t: number): Sample {
  const out = new Float32Array(a.length);
  for (let finger = TRACKER_FLOATS; finger < a.length; finger += 4) blendFinger(out, a, b, finger, t);
  for (let device = 0; device < TRACKER_FLOATS; device += 8) {
    const seen = Math.min(a[device + 7] ?? 0, b[device + 7] ?? 0);
    const near = t < 0.5 ? a : b;
    if (seen === 0) {
      out.set(near.subarray(device, device + 8), device);
      continue;
    }
    for (let i = device; i < device + 3; i++) out[i] = mix(a, b, i, 1, t);
    blendTurn(out, a, b, device + 3, t);
    out[device + 7] = 1;
  }
  return out;
}

/** Fingers that only one of the two samples has are taken from the nearer one. */
function blendFinger(out: Sample, a: Sample, b: Sample, at: number, t: number): void {
  const isSeen = (sample: Sample): boolean => sample.subarray(at, at + 4).some((x) => x !== 0);
  if (isSeen(a) && isSeen(b)) blendTurn(out, a, b, at, t);
  else out.set((t < 0.5 ? a : b).subarray(at, at + 4), at);
}

function blendTurn(out: Sample, a: Sample, b: Sample, at: number, t: number): void {
  let dot = 0;
  for (let i = at; i < at + 4; i++) dot += (a[i] ?? 0) * (b[i] ?? 0);
  const sign = dot < 0 ? -1 : 1;
  for (let i = at; i < at + 4; i++) out[i] = mix(a, b, i, sign, t);
  const norm = Math.hypot(...out.subarray(at, at + 4)) || 1;
  for (let i = at; i < at + 4; i++) out[i] = (out[i] ?? 0) / norm;
}

function mix(a: Sample, b: Sample, i: number, sign: number, t: number): number {
  return (1 - t) * (a[i] ?? 0) + t * sign * (b[i] ?? 0);
}

/** Samples as one payload. */
export function trackerPayload(samples: readonly Sample[]): Uint8Array<ArrayBuffer> {
  const size = samples[0]?.length ?? 0;
  const all = new Float32Array(samples.length * size);
  samples.forEach((sample, i) => all.set(sample, i * size));
  return new Uint8Array(all.buffer);
}
