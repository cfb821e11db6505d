/** Samples waiting to be played: grows while more arrives than is played, never moves what is already in it. */

export class RingBuffer {
  private data: Float32Array<ArrayBuffer>;
  private head = 0;
  private count = 0;

  constructor(capacity = 1 << 16) {
    this.data = new Float32Array(capacity);
  }

  get length(): number {
    return this.count;
  }

  push(samples: Float32Array): void {
    if (this.count + samples.length > this.data.length) this.grow(this.count + samples.length);
    const tail = (this.head + this.count) % this.data.length;
    const first = Math.min(samples.length, this.data.length - tail);
    this.data.set(samples.subarray(0, first), tail);
    this.data.set(samples.subarray(first), 0);
    this.count += samples.length;
  }

  /** Take up to `target.length` samples; returns how many there were. The rest of `target` is left alone. */
  pull(target: Float32Array): number {
    const taken = Math.min(target.length, this.count);
    const first = Math.min(taken, this.data.length - this.head);
    target.set(this.data.subarray(this.head, this.head + first));
    target.set(this.data.subarray(0, taken - first), first);
    this.head = (this.head + taken) % this.data.length;
    this.count -= taken;
    return taken;
  }

  clear(): void {
    this.head = 0;
    this.count = 0;
  }

  private grow(needed: number): void {
    const larger = new Float32Array(Math.max(needed, 2 * this.data.length));
    const count = this.pull(larger);
    this.data = larger;
    this.head = 0;
    this.count = count;
  }
}
