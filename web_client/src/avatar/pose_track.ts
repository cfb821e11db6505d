/** Poses of one stream on its sample clock. */

import { POSE_FLOATS } from "../protocol/media";
import { type Pose, slerpPose } from "./pose";

export class PoseTrack {
  private poses: { sample: number; pose: Pose }[] = [];

  get isEmpty(): boolean {
    return this.poses.length === 0;
  }

  get first(): number {
    return this.poses[0]?.sample ?? Infinity;
  }

  get last(): number {
    return this.poses.at(-1)?.sample ?? -Infinity;
  }

  /** Rows of floats, the first at `sample`, one every `spacing` samples. Overlapped poses are replaced. */
  push(sample: number, rows: Float32Array<ArrayBuffer>, spacing: number): void {
    while (this.last >= sample - spacing / 2) this.poses.pop();
    for (let start = 0; start < rows.length; start += POSE_FLOATS) {
      const pose = rows.slice(start, start + POSE_FLOATS);
      this.poses.push({ sample: sample + (start / POSE_FLOATS) * spacing, pose });
    }
  }

  /** Drop what lies before a sample, but for the last pose. */
  forget(sample: number): void {
    const kept = this.poses.findIndex((entry) => entry.sample >= sample);
    this.poses.splice(0, kept === -1 ? this.poses.length - 1 : kept);
  }

  clear(): void {
    this.poses = [];
  }

  /** The pose at a sample, held beyond both ends; false when there is none. Forgets what lies a second behind. */
  read(sample: number, forget: number, out: Pose): boolean {
    while (this.poses.length > 2 && (this.poses[1]?.sample ?? Infinity) < sample - forget) this.poses.shift();
    const next = this.poses.findIndex((entry) => entry.sample > sample);
    const after = this.poses[next === -1 ? this.poses.length - 1 : next];
    const before = this.poses[next === -1 ? this.poses.length - 1 : Math.max(0, next - 1)];
    if (!after || !before) return false;
    const gap = after.sample - before.sample;
    slerpPose(out, before.pose, after.pose, gap > 0 ? (sample - before.sample) / gap : 0);
    return true;
  }
}
