/**
 * Chooses at every display frame where the body's pose comes from, and blends wherever that changes.
 *
 * Sources: the reply that is being heard, else the server's motion between replies, else a formula; without a formula
 * the last pose is held. A change keeps the shown pose and lets the difference fade, so nothing ever jumps.
 */

import { addOffset, emptyPose, type Pose, poseOffset } from "./pose";
import { PoseTrack } from "./pose_track";
import type { RelaxedBody } from "./relaxed";

const BLEND_S = 0.25;
const IDLE_LAG_S = 0.1; // behind the first beat of idling: room for jitter
const IDLE_GONE_S = 1.5; // idling that stopped this long ago is over
const IDLE_KEPT_S = 4;

type Source = "relaxed" | "idle" | "reply" | "held";

export class BodyMixer {
  readonly shown = emptyPose();
  source: Source = "relaxed";
  /** Stamp of the reply's pose that was shown last, in output samples. */
  shownSample = -1;
  private readonly idle = new PoseTrack();
  private readonly reply = new PoseTrack();
  private readonly next = emptyPose();
  private offset: Pose | null = null;
  private blendFrom_s = 0;
  private epoch = 0;
  private replyShown = false;
  private replyOver = false;
  private idleZero_s: number | null = null;

  constructor(
    private readonly rate_hz: number,
    private readonly fps: number,
    private readonly relaxed: RelaxedBody | null,
  ) {}

  get replyEpoch(): number {
    return this.epoch;
  }

  pushIdle(sample: number, rows: Float32Array<ArrayBuffer>, now_s: number): void {
    const due_s = sample / this.rate_hz;
    const late_s = this.idleZero_s === null ? Infinity : now_s - (this.idleZero_s + due_s);
    if (late_s > 0.2 || late_s < -1.5) this.idleZero_s = now_s + IDLE_LAG_S - due_s;
    this.idle.push(sample, rows, this.rate_hz / this.fps);
    this.idle.forget(sample - IDLE_KEPT_S * this.rate_hz); // a hidden page reads none
  }

  pushReply(epoch: number, sample: number, rows: Float32Array<ArrayBuffer>): void {
    if (epoch > this.epoch) this.beginReply(epoch);
    if (epoch === this.epoch && !this.replyOver) this.reply.push(sample, rows, this.rate_hz / this.fps);
  }

  /** The response has no more to show: it ended, or was cancelled. */
  endReply(epoch: number): void {
    if (epoch === this.epoch) this.replyOver = true;
  }

  /** Advance to `now_s`; `heard` is the sample of the current reply at the listener's ear. */
  update(now_s: number, heard: number): Pose {
    const source = this.choose(now_s, heard);
    this.readSource(source, now_s, heard);
    if (source !== this.source) {
      this.offset = this.source === "relaxed" && this.relaxed === null ? null : poseOffset(this.shown, this.next);
      this.blendFrom_s = now_s;
      this.source = source;
    }
    const progress = Math.min(1, (now_s - this.blendFrom_s) / BLEND_S);
    if (this.offset === null || progress >= 1) {
      this.offset = null;
      this.shown.set(this.next);
    } else {
      const left = 1 - progress;
      addOffset(this.shown, this.offset, this.next, left * left * (3 - 2 * left));
    }
    return this.shown;
  }

  private beginReply(epoch: number): void {
    this.epoch = epoch;
    this.reply.clear();
    this.replyShown = false;
    this.replyOver = false;
    this.shownSample = -1;
  }

  private choose(now_s: number, heard: number): Source {
    const spacing = this.rate_hz / this.fps;
    if (!this.replyOver && !this.reply.isEmpty && heard >= this.reply.first - spacing) {
      if (!this.replyShown) this.idle.clear();
      this.replyShown = true;
      if (heard <= this.reply.last + spacing || this.idle.isEmpty) return "reply";
    }
    const idleAt_s = now_s - (this.idleZero_s ?? Infinity);
    if (!this.idle.isEmpty && idleAt_s * this.rate_hz < this.idle.last + IDLE_GONE_S * this.rate_hz) return "idle";
    const holds = this.relaxed === null || (this.replyShown && this.source !== "relaxed");
    return holds && this.idleZero_s !== null ? "held" : "relaxed";
  }

  private readSource(source: Source, now_s: number, heard: number): void {
    if (source === "reply") {
      this.reply.read(heard, this.rate_hz, this.next);
      this.shownSample = Math.min(this.reply.last, Math.max(this.reply.first, heard));
    } else if (source === "idle") {
      this.idle.read((now_s - (this.idleZero_s ?? now_s)) * this.rate_hz, this.rate_hz, this.next);
    } else if (source === "relaxed") {
      this.relaxed?.write(this.next, now_s);
      this.next[0] = (this.next[0] ?? 0) + (this.home[0] ?? 0);
      this.next[2] = (this.next[2] ?? 0) + (this.home[2] ?? 0);
    } else {
      this.next.set(this.shown);
    }
    if (source !== "relaxed") this.home.set(this.next.subarray(0, 3));
  }

  /** Where the hips were last: the formula stands there. */
  private readonly home = new Float32Array(3);
}
