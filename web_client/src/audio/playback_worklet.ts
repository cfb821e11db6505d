/** The audio thread's side of playback: commands in, reports out. */

import { PlayerCore, type PlayerCommand } from "./player_core";

declare const sampleRate: number;
declare const currentFrame: number;
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

const REPORT_EVERY_BLOCKS = 2;

class PlaybackProcessor extends AudioWorkletProcessor {
  private readonly player = new PlayerCore({ sampleRate, prebuffer_s: 0.1, fade_s: 0.02 });
  private block = 0;

  constructor() {
    super();
    this.port.onmessage = (message: MessageEvent<PlayerCommand>) => this.player.take(message.data);
  }

  override process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channel = outputs[0]?.[0];
    if (!channel) return true;
    if (this.block++ % REPORT_EVERY_BLOCKS === 0) this.port.postMessage(this.player.report(currentFrame));
    this.player.render(channel);
    return true;
  }
}

registerProcessor("solami-playback", PlaybackProcessor);
