/** The user's sound and trackers on one clock, that of the user's audio; whole, or cut into turns. */

import { TRACKER_FPS } from "../xr/trackers";
import { join } from "./zip";

const SLACK_S = 0.15; // of counted samples against their stamps, which step with the blocks of sound
const EARLY_S = 2.2; // a page that stalled may send what its trackers missed before the sound of that time

export interface TimedTrackers {
  /** Seconds from the beginning of the cut, one for every sample. */
  times: number[];
  samples: Uint8Array[];
}

export class UserMedia {
  private readonly audio: Uint8Array[] = [];
  private audioBytes = 0;
  private readonly times: number[] = [];
  private readonly samples: Uint8Array[] = [];

  /** `begun`: samples of audio that the session had before. */
  constructor(
    private readonly rate_hz: number,
    private readonly begun: number,
    /** Of one sample of the trackers. */
    private readonly sampleBytes: number,
  ) {}

  /** How far the user's sound, or what they did without a sound, has come, seconds. */
  get now_s(): number {
    const sound_s = (this.begun + this.audioBytes / 2) / this.rate_hz;
    return Math.max(sound_s, (this.times.at(-1) ?? -Infinity) + 1 / TRACKER_FPS);
  }

  hear(payload: Uint8Array): void {
    this.audio.push(payload);
    this.audioBytes += payload.length;
  }

  /** Samples follow one another; where sound ran on without them there is a gap, while it stood still they are dropped. */
  feel(sample: number, payload: Uint8Array): void {
    const stamp_s = sample / this.rate_hz; // of the last sample
    for (let end = payload.length % this.sampleBytes; end < payload.length; ) {
      const begin = end;
      end += this.sampleBytes;
      const due_s = stamp_s - (payload.length - end) / this.sampleBytes / TRACKER_FPS;
      const next_s = (this.times.at(-1) ?? -Infinity) + 1 / TRACKER_FPS;
      if (this.audioBytes > 0 && next_s > stamp_s + EARLY_S) continue;
      this.times.push(next_s < due_s - SLACK_S ? due_s : next_s);
      this.samples.push(payload.subarray(begin, end));
    }
  }

  /** PCM16 between two times. */
  pcm(begin_s: number, end_s: number): Uint8Array<ArrayBuffer> {
    const byte = (s: number): number => Math.min(this.audioBytes, Math.max(0, 2 * (Math.round(s * this.rate_hz) - this.begun)));
    return join(this.audio).slice(byte(begin_s), Number.isFinite(end_s) ? byte(end_s) : undefined);
  }

  /** Trackers between two times. */
  trackers(begin_s: number, end_s: number): TimedTrackers {
    const zero_s = Math.max(begin_s, this.begun / this.rate_hz);
    const kept = this.times.flatMap((time, at) => (time >= zero_s && time <= end_s ? [at] : []));
    return { times: kept.map((at) => (this.times[at] ?? 0) - zero_s), samples: kept.flatMap((at) => this.samples[at] ?? []) };
  }
}
