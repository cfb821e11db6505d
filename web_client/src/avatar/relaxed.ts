/** Standing and breathing by formula: shown until a server sends motion, and when it sends none. */

import { emptyPose, type Pose } from "./pose";

const DEGREES = Math.PI / 180;

/** Writes poses of a person at ease; bones are looked up by the names the server announced. */
export class RelaxedBody {
  private readonly base = emptyPose();

  constructor(private readonly bones: readonly string[]) {
    this.turn("leftUpperArm", 0.1, 0, -72);
    this.turn("rightUpperArm", 0.1, 0, 72);
    this.turn("leftLowerArm", 0, -14, 0);
    this.turn("rightLowerArm", 0, 14, 0);
    for (const side of ["left", "right"]) {
      const curl = side === "left" ? -1 : 1;
      for (const finger of ["Index", "Middle", "Ring", "Little"]) {
        for (const part of ["Proximal", "Intermediate", "Distal"]) this.turn(side + finger + part, 0, 0, 16 * curl);
      }
    }
  }

  /** The pose at `now_s`. */
  write(out: Pose, now_s: number): void {
    out.set(this.base);
    const breath = Math.sin(now_s * 1.5);
    const sway = Math.sin(now_s * 0.53);
    out[0] = 0.008 * sway;
    out[1] = (out[1] ?? 0) - 0.002 * (1 - breath);
    this.turnIn(out, "spine", 0.6 * breath, 0.8 * sway, -0.5 * sway);
    this.turnIn(out, "upperChest", -0.9 * breath, 0, 0);
    this.turnIn(out, "head", 0.7 * Math.sin(now_s * 0.71), 2 * Math.sin(now_s * 0.37), 0);
    this.turnIn(out, "leftUpperArm", 0, 0, -72 + 0.8 * breath);
    this.turnIn(out, "rightUpperArm", 0, 0, 72 - 0.8 * breath);
  }

  private turn(bone: string, x: number, y: number, z: number): void {
    this.turnIn(this.base, bone, x, y, z);
  }

  private turnIn(pose: Pose, bone: string, x: number, y: number, z: number): void {
    const index = this.bones.indexOf(bone);
    if (index < 0) return;
    const half = (0.5 * DEGREES * Math.hypot(x, y, z)) || 1e-9;
    const scale = (Math.sin(half) / half) * 0.5 * DEGREES;
    pose.set([x * scale, y * scale, z * scale, Math.cos(half)], 3 + 4 * index);
  }
}
