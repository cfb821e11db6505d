/** Frame times in seconds, with pauses of a hidden page cut to one short step. */

const LONGEST_STEP_S = 0.1;

export class FrameClock {
  private last_ms: number | null = null;

  tick(time_ms: number): { now_s: number; dt_s: number } {
    const dt_s = this.last_ms === null ? 0 : Math.min(LONGEST_STEP_S, (time_ms - this.last_ms) / 1000);
    this.last_ms = time_ms;
    return { now_s: performance.now() / 1000, dt_s };
  }
}
