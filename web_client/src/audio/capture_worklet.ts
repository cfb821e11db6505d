/** The audio thread's side of the microphone: 20 ms blocks at the session's rate. */

import { Resampler } from "./resampler";

declare const sampleRate: number;
declare function registerProcessor(name: string, processor: new (options: CaptureSetup) => AudioWorkletProcessor): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][]): boolean;
}

interface CaptureSetup {
  processorOptions: { rate_hz: number };
}

class CaptureProcessor extends AudioWorkletProcessor {
  private readonly resampler: Resampler;
  private readonly block: number;
  private waiting: number[] = [];

  constructor(options: CaptureSetup) {
    super();
    const { rate_hz } = options.processorOptions;
    this.resampler = new Resampler(sampleRate, rate_hz);
    this.block = Math.round(rate_hz / 50);
  }

  override process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    this.waiting.push(...this.resampler.push(channel));
    while (this.waiting.length >= this.block) {
      const samples = Float32Array.from(this.waiting.splice(0, this.block));
      this.port.postMessage(samples, [samples.buffer]);
    }
    return true;
  }
}

registerProcessor("solami-capture", CaptureProcessor);
