/** A ladder of picture quality, climbed and descended by measured frame times. Knows no renderer. */

export interface Rung {
  name: "lowest" | "low" | "medium" | "high";
  pixelRatio: number;
  shadows: boolean;
}

export const LADDER: readonly Rung[] = [
  { name: "lowest", pixelRatio: 0.5, shadows: false },
  { name: "low", pixelRatio: 0.75, shadows: false },
  { name: "medium", pixelRatio: 1, shadows: true },
  { name: "high", pixelRatio: 2, shadows: true },
];

const WINDOW = 90; // frames that are judged together
const SLOW_MS = 24;
const FAST_MS = 17.5;
const PATIENCE = 4; // fast windows before a climb

export class QualityLadder {
  private times: number[] = [];
  private fastWindows = 0;
  private ceiling = LADDER.length - 1;

  constructor(
    private rung: number,
    private readonly automatic: boolean,
  ) {}

  get current(): Rung {
    return LADDER[this.rung] ?? (LADDER[0] as Rung);
  }

  /** One more frame took `ms`; true when the rung has changed. */
  frame(ms: number): boolean {
    if (!this.automatic || ms > 250) return false; // a pause is no frame rate
    this.times.push(ms);
    if (this.times.length < WINDOW) return false;
    const typical = this.times.toSorted((a, b) => a - b)[WINDOW >> 1] ?? 0;
    this.times = [];
    return this.judge(typical);
  }

  private judge(typical_ms: number): boolean {
    this.fastWindows = typical_ms < FAST_MS ? this.fastWindows + 1 : 0;
    if (typical_ms > SLOW_MS && this.rung > 0) {
      this.ceiling = this.rung - 1; // what was too slow once is not tried again
      this.rung -= 1;
      return true;
    }
    if (this.fastWindows >= PATIENCE && this.rung < this.ceiling) {
      this.fastWindows = 0;
      this.rung += 1;
      return true;
    }
    return false;
  }
}
