/** Keeps a conversation as files: what the user said and did, what came back, and every event with its time. */

import { type MediaFrame, MediaType } from "../protocol/media";
import type { ServerEvent } from "../protocol/server_events";
import { TRACKER_FPS } from "../xr/trackers";
import { trackersNpz, wav } from "./formats";
import { type Entry, join, zip } from "./zip";

const MAX_BYTES = 256 << 20;

export class Recorder {
  private readonly userAudio: Uint8Array[] = [];
  private readonly userMotion: Uint8Array[] = [];
  private readonly replies = new Map<number, Uint8Array[]>();
  private readonly poses = new Map<number, Uint8Array[]>();
  private readonly log: string[] = [];
  private readonly begun_ms = performance.now();
  private bytes = 0;

  constructor(private readonly rate_hz: number) {}

  /** Nothing more is kept once the recording has 256 MB. */
  get isFull(): boolean {
    return this.bytes > MAX_BYTES;
  }

  media(frame: MediaFrame, direction: "in" | "out"): void {
    const payload = frame.payload.slice();
    if (this.isFull) return;
    this.bytes += payload.length;
    if (direction === "out") (frame.type === MediaType.audio ? this.userAudio : this.userMotion).push(payload);
    else if (frame.type === MediaType.audio) append(this.replies, frame.epoch, payload);
    else if (frame.type === MediaType.motion) append(this.poses, frame.epoch, payload);
  }

  event(event: ServerEvent): void {
    if (this.isFull) return;
    const line = JSON.stringify({ at_ms: Math.round(performance.now() - this.begun_ms), ...event });
    this.bytes += line.length;
    this.log.push(line);
  }

  /** All of it as one ZIP. */
  finish(): Uint8Array<ArrayBuffer> {
    const text = (lines: readonly string[]): Uint8Array<ArrayBuffer> => new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
    const entries: Entry[] = [{ name: "events.jsonl", data: text(this.log) }];
    if (this.userAudio.length > 0) entries.push({ name: "user.wav", data: wav(join(this.userAudio), this.rate_hz) });
    if (this.userMotion.length > 0) {
      const samples = new Float32Array(join(this.userMotion).buffer);
      entries.push({ name: "user_motion.npz", data: trackersNpz(samples, TRACKER_FPS) });
    }
    for (const [epoch, audio] of this.replies) entries.push({ name: `reply_${epoch}.wav`, data: wav(join(audio), this.rate_hz) });
    for (const [epoch, poses] of this.poses) entries.push({ name: `poses_${epoch}.f32`, data: join(poses) });
    return zip(entries);
  }
}

function append(parts: Map<number, Uint8Array[]>, epoch: number, payload: Uint8Array): void {
  parts.set(epoch, [...(parts.get(epoch) ?? []), payload]);
}
