/** Streaming conversion of a microphone's rate to the session's: windowed sinc, computed where it is needed. */

const ZERO_CROSSINGS = 12;

export class Resampler {
  private readonly step: number;
  private readonly cutoff: number;
  private readonly reach: number;
  private history = new Float32Array(0);
  private position: number;

  constructor(fromHz: number, toHz: number) {
    this.step = fromHz / toHz;
    this.cutoff = Math.min(1, toHz / fromHz) * 0.94;
    this.reach = Math.ceil(ZERO_CROSSINGS / this.cutoff);
    this.history = new Float32Array(this.reach);
    this.position = this.reach;
  }

  /** Input samples to the output samples that they complete. */
  push(samples: Float32Array): Float32Array<ArrayBuffer> {
    if (this.step === 1) return samples.slice();
    const joined = new Float32Array(this.history.length + samples.length);
    joined.set(this.history);
    joined.set(samples, this.history.length);
    const output: number[] = [];
    while (this.position + this.reach < joined.length) {
      output.push(this.at(joined, this.position));
      this.position += this.step;
    }
    const drop = Math.max(0, Math.floor(this.position) - this.reach);
    this.history = joined.slice(drop);
    this.position -= drop;
    return Float32Array.from(output);
  }

  private at(samples: Float32Array, position: number): number {
    const centre = Math.floor(position);
    let sum = 0;
    for (let i = centre - this.reach + 1; i <= centre + this.reach; i++) {
      const x = (i - position) * this.cutoff;
      if (Math.abs(x) >= ZERO_CROSSINGS) continue;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / ZERO_CROSSINGS);
      sum += (samples[i] ?? 0) * window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
    }
    return sum * this.cutoff;
  }
}
