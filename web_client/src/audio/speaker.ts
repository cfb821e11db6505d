/** Opens the speaker at the first gesture that allows it, and wakes it when a browser has put it to sleep. */

import { createPlayback, type Playback } from "./playback";
import type { PlayerReport } from "./player_core";

export interface SpeakerEvents {
  onOpen(playback: Playback): void;
  onReport(report: PlayerReport): void;
  onFault(error: unknown): void;
}

export class Speaker {
  playback: Playback | null = null;
  private isOpening = false;

  constructor(
    private readonly rate_hz: number,
    private volume: number,
    private readonly events: SpeakerEvents,
  ) {}

  /** Call at every gesture: browsers let a page sound only after one, and phones stop it behind its back. */
  open(): void {
    if (this.playback) this.wake();
    else if (!this.isOpening) void this.build();
  }

  wake(): void {
    if (this.playback && this.playback.context.state !== "running") void this.playback.context.resume();
  }

  setVolume(volume: number): void {
    this.volume = volume;
    this.playback?.setVolume(volume);
  }

  private async build(): Promise<void> {
    this.isOpening = true;
    try {
      const playback = await createPlayback(this.rate_hz, (report) => this.events.onReport(report));
      playback.setVolume(this.volume);
      this.playback = playback;
      this.events.onOpen(playback);
      this.wake();
    } catch (error) {
      this.events.onFault(error); // the next gesture tries again
    } finally {
      this.isOpening = false;
    }
  }
}
