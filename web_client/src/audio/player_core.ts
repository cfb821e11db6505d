/**
 * What the playback worklet does, without the worklet: plays one response at a time, counts its samples, fades it out.
 *
 * The count of samples that left it is the clock that body and captions follow.
 */

import { RingBuffer } from "./ring_buffer";

export type PlayerCommand =
  | { kind: "reset" } // a new session counts its epochs from 1 again
  | { kind: "begin"; epoch: number }
  | { kind: "samples"; epoch: number; samples: Float32Array<ArrayBuffer> }
  | { kind: "end"; epoch: number }
  | { kind: "fade"; epoch: number };

export interface PlayerReport {
  epoch: number;
  /** Samples of this response that had left the player before `frame`. */
  sample: number;
  /** Frame of the audio context at which that was so. */
  frame: number;
  buffered: number;
  underruns: number;
  playing: boolean;
  finished: boolean;
}

export interface PlayerOptions {
  sampleRate: number;
  /** Held back before the first sample, and again after an underrun. */
  prebuffer_s: number;
  fade_s: number;
}

type Phase = "filling" | "playing" | "fading" | "done";

export class PlayerCore {
  private readonly ring = new RingBuffer();
  private readonly prebuffer: number;
  private readonly fade: number;
  private epoch = 0;
  private phase: Phase = "done";
  private played = 0;
  private ended = false;
  private underruns = 0;
  private fadeLeft = 0;
  private last = 0;

  constructor(options: PlayerOptions) {
    this.prebuffer = Math.round(options.prebuffer_s * options.sampleRate);
    this.fade = Math.round(options.fade_s * options.sampleRate);
  }

  take(command: PlayerCommand): void {
    switch (command.kind) {
      case "reset":
        this.startFade();
        this.epoch = 0;
        return;
      case "begin":
        this.begin(command.epoch);
        return;
      case "samples":
        if (command.epoch > this.epoch) this.begin(command.epoch);
        if (command.epoch === this.epoch && this.phase !== "fading" && this.phase !== "done") this.ring.push(command.samples);
        return;
      case "end":
        if (command.epoch === this.epoch) this.ended = true;
        return;
      case "fade":
        if (command.epoch === this.epoch) this.startFade();
        return;
    }
  }

  /** Fill one block; what lies beyond the buffered samples is silence. */
  render(output: Float32Array): void {
    output.fill(0);
    if (this.phase === "filling" && (this.ring.length >= this.prebuffer || (this.ended && this.ring.length > 0))) {
      this.phase = "playing";
    }
    if (this.phase === "filling" && this.ended && this.ring.length === 0) this.phase = "done";
    if (this.phase === "playing") this.play(output);
    else if (this.phase === "fading") this.playFade(output);
  }

  report(frame: number): PlayerReport {
    const playing = this.phase === "playing";
    const finished = this.phase === "done";
    const { epoch, underruns } = this;
    return { epoch, sample: this.played, frame, buffered: this.ring.length, underruns, playing, finished };
  }

  private begin(epoch: number): void {
    if (epoch <= this.epoch) return;
    this.epoch = epoch;
    this.ring.clear();
    this.played = 0;
    this.ended = false;
    this.phase = "filling";
  }

  private play(output: Float32Array): void {
    const taken = this.ring.pull(output);
    this.played += taken;
    if (taken > 0) this.last = output[taken - 1] ?? 0;
    if (taken === output.length) return;
    if (this.ended) {
      this.phase = "done";
      return;
    }
    for (let i = taken; i < output.length; i++) output[i] = this.last *= 0.95; // no click at a gap
    this.underruns += 1;
    this.phase = "filling";
  }

  private startFade(): void {
    if (this.phase === "done") return;
    this.fadeLeft = Math.min(this.fade, this.ring.length);
    this.phase = this.phase === "playing" && this.fadeLeft > 0 ? "fading" : "done";
    if (this.phase === "done") this.ring.clear();
  }

  private playFade(output: Float32Array): void {
    const wanted = Math.min(output.length, this.fadeLeft);
    const taken = this.ring.pull(output.subarray(0, wanted));
    for (let i = 0; i < taken; i++) output[i] = (output[i] ?? 0) * ((this.fadeLeft - i) / this.fade);
    this.played += taken;
    this.fadeLeft -= taken;
    if (taken < wanted || this.fadeLeft <= 0) {
      this.ring.clear();
      this.phase = "done";
    }
  }
}
