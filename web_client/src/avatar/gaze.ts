/** Where the character looks: eyes first, then head and neck within limits, with small wanderings as people have. */

import { Euler, MathUtils, Matrix4, type Object3D, Quaternion, Vector3 } from "three";
import type { Humanoid } from "./humanoid";

const LIMITS = { yaw: 0.9, up: 0.45, down: 0.55 }; // radians that head and neck turn at most
const FOLLOW_PER_S = 5;
const NECK_SHARE = 0.4;
const BEHIND = 2.0; // radians beside: further behind, the head does not try

export interface GazeAim {
  yaw: number;
  pitch: number;
}

/** How far to turn for a target in the frame of the head's parent (left = +x, up = +y, ahead = +z). */
export function aimAt(x: number, y: number, z: number): GazeAim {
  const yaw = Math.atan2(x, z);
  if (Math.abs(yaw) > BEHIND) return { yaw: 0, pitch: 0 };
  const pitch = Math.atan2(y, Math.hypot(x, z));
  return { yaw: MathUtils.clamp(yaw, -LIMITS.yaw, LIMITS.yaw), pitch: MathUtils.clamp(pitch, -LIMITS.down, LIMITS.up) };
}

export class Gaze {
  private readonly aim: GazeAim = { yaw: 0, pitch: 0 };
  private readonly drift = new Vector3();
  private nextDrift_s = 0;
  private readonly point = new Vector3();
  private readonly eyes = new Vector3();
  private readonly turn = new Quaternion();
  private readonly euler = new Euler(0, 0, 0, "YXZ");
  private readonly frame = new Matrix4();

  /** Turn head and eyes to `target`. `weight` is how much of the way the head goes: gestures of the head stay visible. */
  apply(body: Humanoid, target: Vector3, weight: number, now_s: number, dt_s: number): void {
    this.wander(now_s);
    this.point.copy(target).add(this.drift);
    body.look(this.point);
    const head = body.bone("head");
    if (!head) return;
    const wanted = this.wanted(body, head);
    const follow = 1 - Math.exp(-FOLLOW_PER_S * dt_s);
    this.aim.yaw += (weight * wanted.yaw - this.aim.yaw) * follow;
    this.aim.pitch += (weight * wanted.pitch - this.aim.pitch) * follow;
    const neck = body.bone("neck");
    this.turnBone(neck, neck ? NECK_SHARE : 0);
    this.turnBone(head, neck ? 1 - NECK_SHARE : 1);
  }

  /** Angles to the target in the chest's frame: a head that the motion turns anyway is not turned twice. */
  private wanted(body: Humanoid, head: Object3D): GazeAim {
    const chest = body.bone("upperChest") ?? body.bone("chest") ?? body.bone("spine");
    if (!chest) return { yaw: 0, pitch: 0 };
    head.updateWorldMatrix(true, false);
    this.eyes.setFromMatrixPosition(head.matrixWorld).y += 0.06;
    this.frame.copy(chest.matrixWorld).setPosition(this.eyes).invert();
    const local = this.point.clone().applyMatrix4(this.frame);
    return aimAt(local.x, local.y, local.z);
  }

  private turnBone(bone: Object3D | null, share: number): void {
    if (!bone || share === 0) return;
    this.euler.set(-share * this.aim.pitch, share * this.aim.yaw, 0);
    bone.quaternion.premultiply(this.turn.setFromEuler(this.euler));
  }

  private wander(now_s: number): void {
    if (now_s < this.nextDrift_s) return;
    this.nextDrift_s = now_s + 0.6 + 2 * Math.random();
    const size = Math.random() < 0.12 ? 0.3 : 0.035;
    this.drift.set((Math.random() - 0.5) * size, (Math.random() - 0.5) * 0.6 * size, 0);
  }
}
