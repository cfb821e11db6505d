/** Keeps a conversation as files: what the user said and did, what came back, and every event with its time. */

import type { ClientEvent } from "../protocol/client_events";
import { FINGER_FLOATS, type MediaFrame, MediaType, TRACKER_FLOATS } from "../protocol/media";
import type { ServerEvent } from "../protocol/server_events";
import { trackersNpz, wav } from "./formats";
import { UserMedia } from "./user_media";
import { UserTurns } from "./user_turns";
import { type Entry, join, zip } from "./zip";

const MAX_BYTES = 256 << 20;

export interface RecordedSession {
  persona: string;
  /** Of the user's audio before the recording. */
  sentSamples: number;
  /** Whether fingers follow the three points of every sample. */
  hasFingers: boolean;
}

export class Recorder {
  private readonly user: UserMedia;
  private readonly turns: UserTurns;
  private readonly replies = new Map<number, Uint8Array[]>();
  private readonly poses = new Map<number, Uint8Array[]>();
  private readonly log: string[] = [];
  private readonly begun_ms = performance.now();
  private bytes = 0;

  constructor(
    private readonly rate_hz: number,
    private readonly session: RecordedSession,
  ) {
    const { sentSamples, hasFingers } = session;
    this.user = new UserMedia(rate_hz, sentSamples, 4 * (TRACKER_FLOATS + (hasFingers ? FINGER_FLOATS : 0)));
    this.turns = new UserTurns(sentSamples / rate_hz);
  }

  /** Nothing more is kept once the recording has 256 MB. */
  get isFull(): boolean {
    return this.bytes > MAX_BYTES;
  }

  media(frame: MediaFrame, direction: "in" | "out"): void {
    if (this.isFull) return;
    const payload = frame.payload.slice();
    this.bytes += payload.length;
    if (direction === "out") {
      if (frame.type === MediaType.audio) this.user.hear(payload);
      else this.user.feel(frame.sample, payload);
    } else if (frame.type === MediaType.audio) append(this.replies, frame.epoch, payload);
    else if (frame.type === MediaType.motion) append(this.poses, frame.epoch, payload);
  }

  event(event: ServerEvent | ClientEvent, direction: "in" | "out"): void {
    if (this.isFull) return;
    this.turns.take(event, this.user.now_s);
    const from = direction === "in" ? "server" : "client";
    const line = JSON.stringify({ at_ms: Math.round(performance.now() - this.begun_ms), from, ...event });
    this.bytes += line.length;
    this.log.push(line);
  }

  /** All of it as one ZIP. */
  finish(): Uint8Array<ArrayBuffer> {
    const entries: Entry[] = [text("events.jsonl", this.log), ...this.userEntries("user", -Infinity, Infinity)];
    const commands = this.turns.turns.flatMap((turn, at) => {
      const name = `turn_${at + 1}`;
      const files = turn.text === "" ? this.userEntries(name, turn.begin_s, turn.end_s) : [];
      entries.push(...files);
      const input = turn.text === "" ? files.map((file) => `${file.name.endsWith("wav") ? "--audio" : "--motion"} ${file.name}`) : [`--text ${quoted(turn.text)}`];
      return input.length > 0 ? [`solami talk --persona ${quoted(this.session.persona)} ${input.join(" ")} --out again_${at + 1}`] : [];
    });
    if (commands.length > 0) entries.push(text("replay.sh", commands));
    for (const [epoch, audio] of this.replies) entries.push({ name: `reply_${epoch}.wav`, data: wav(join(audio), this.rate_hz) });
    for (const [epoch, poses] of this.poses) entries.push({ name: `poses_${epoch}.f32`, data: join(poses) });
    return zip(entries);
  }

  /** What the user said and did between two times. */
  private userEntries(name: string, begin_s: number, end_s: number): Entry[] {
    const pcm = this.user.pcm(begin_s, end_s);
    const { times, samples } = this.user.trackers(begin_s, end_s);
    const audio: Entry[] = pcm.length > 0 ? [{ name: `${name}.wav`, data: wav(pcm, this.rate_hz) }] : [];
    return times.length > 0 ? [...audio, { name: `${name}_motion.npz`, data: trackersNpz(samples, times) }] : audio;
  }
}

function text(name: string, lines: readonly string[]): Entry {
  return { name, data: new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")) };
}

/** One word for a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function append(parts: Map<number, Uint8Array[]>, epoch: number, payload: Uint8Array): void {
  const kept = parts.get(epoch);
  if (kept) kept.push(payload);
  else parts.set(epoch, [payload]);
}
