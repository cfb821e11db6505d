/** The character's voice as the conversation sees it: sound waits for a speaker, and is played once there is one. */

import type { Playback } from "../audio/playback";
import type { PlayerCommand } from "../audio/player_core";
import { type MediaFrame, pcm16ToFloats } from "../protocol/media";

export class Voice {
  private playback: Playback | null = null;
  private waiting: PlayerCommand[] = [];

  attach(playback: Playback): void {
    this.playback = playback;
    for (const command of this.waiting.splice(0)) playback.command(command);
  }

  play(frame: MediaFrame): void {
    this.command({ kind: "samples", epoch: frame.epoch, samples: pcm16ToFloats(frame.payload) });
  }

  command(command: PlayerCommand): void {
    if (command.kind === "fade" || command.kind === "reset") this.waiting = [];
    if (this.playback) this.playback.command(command);
    else this.waiting.push(command);
  }

  heard(epoch: number): number {
    return this.playback?.heardSample(epoch) ?? -Infinity;
  }

  get isSilent(): boolean {
    return this.playback?.latest.finished ?? false;
  }
}
