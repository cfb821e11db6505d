/** Mouth shapes on the audio clock: rows of fifteen weights, blended from the middle of one to the middle of the next. */

import { NUM_VISEMES } from "../protocol/media";

export const VISEME_NAMES = ["sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou"];

export class MouthTrack {
  private rows = new Map<number, Uint8Array>();
  private readonly weights = new Float32Array(NUM_VISEMES);
  private epoch = 0;

  constructor(private readonly spacing: number) {}

  push(epoch: number, sample: number, payload: Uint8Array): void {
    if (epoch > this.epoch) {
      this.rows.clear();
      this.epoch = epoch;
    }
    if (epoch !== this.epoch) return;
    for (let start = 0; start + NUM_VISEMES <= payload.length; start += NUM_VISEMES) {
      const row = Math.round(sample / this.spacing) + start / NUM_VISEMES;
      this.rows.set(row, payload.slice(start, start + NUM_VISEMES));
    }
  }

  /** Weights 0..1 while `heard` is at the ear; a closed mouth where there is no row, or nothing was heard yet (-Infinity). */
  read(epoch: number, heard: number): Float32Array {
    const middle = Number.isFinite(heard) ? heard / this.spacing - 0.5 : -1;
    const before = Math.floor(middle);
    const t = middle - before;
    const [a, b] = epoch === this.epoch ? [this.rows.get(before), this.rows.get(before + 1)] : [];
    for (let i = 0; i < NUM_VISEMES; i++) {
      this.weights[i] = ((a?.[i] ?? closed(i)) * (1 - t) + (b?.[i] ?? closed(i)) * t) / 255;
    }
    return this.weights;
  }
}

function closed(shape: number): number {
  return shape === 0 ? 255 : 0;
}

/** The five mouths of VRM from the fifteen shapes. */
export function vrmMouth(w: Float32Array): { aa: number; ih: number; ou: number; ee: number; oh: number } {
  const of = (name: string): number => w[VISEME_NAMES.indexOf(name)] ?? 0;
  const clamp = (value: number): number => Math.min(1, value);
  return {
    aa: clamp(of("aa") + 0.15 * of("TH") + 0.25 * of("kk")),
    ih: clamp(of("ih") + 0.15 * of("FF") + 0.15 * of("TH") + 0.25 * of("DD") + 0.35 * of("SS") + 0.25 * of("nn")),
    ou: clamp(of("ou") + 0.4 * of("CH") + 0.35 * of("RR")),
    ee: of("E"),
    oh: of("oh"),
  };
}
