/** When the eyes close: every few seconds, sometimes twice, in 150 ms. */

const CLOSE_S = 0.06;
const OPEN_S = 0.09;

export class Blinker {
  private next_s: number;

  constructor(private readonly random: () => number = Math.random) {
    this.next_s = 1 + 2 * random();
  }

  /** How far the lids are closed at `now_s`, 0 to 1. */
  read(now_s: number): number {
    const t = now_s - this.next_s;
    if (t < 0) return 0;
    if (t < CLOSE_S) return t / CLOSE_S;
    if (t < CLOSE_S + OPEN_S) return 1 - (t - CLOSE_S) / OPEN_S;
    this.next_s = now_s + (this.random() < 0.15 ? 0.12 : 1.8 + 3.6 * this.random());
    return 0;
  }
}
