/** The user's side of a session: microphone blocks and tracker samples as frames, numbered and stamped. */

import type { RealtimeConnection } from "../protocol/connection";
import { floatsToPcm16, type MediaFrame, MediaType } from "../protocol/media";

export type MediaTap = (frame: MediaFrame, direction: "in" | "out") => void;

export class Uplink {
  private samples = 0;
  private audioFrames = 0;
  private motionFrames = 0;

  constructor(
    private readonly connection: RealtimeConnection,
    private readonly tap: MediaTap,
  ) {}

  /** Of the user's audio in this session. */
  get sentSamples(): number {
    return this.samples;
  }

  /** A new session counts from 0. */
  restart(): void {
    this.samples = this.audioFrames = this.motionFrames = 0;
  }

  hear(block: Float32Array): void {
    this.send({ type: MediaType.audio, epoch: 0, seq: this.audioFrames++, sample: this.samples, payload: floatsToPcm16(block) });
    this.samples += block.length;
  }

  feel(payload: Uint8Array<ArrayBuffer>): void {
    this.send({ type: MediaType.userMotion, epoch: 0, seq: this.motionFrames++, sample: this.samples, payload });
  }

  private send(frame: MediaFrame): void {
    this.connection.sendMedia(frame);
    this.tap(frame, "out");
  }
}
