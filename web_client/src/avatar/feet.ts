/** Keeps planted feet where they stand: a foot that the motion holds still is held still on the screen too. */

import { Object3D, Quaternion, Vector3 } from "three";
import type { Humanoid } from "./humanoid";

const STILL_M_S = 0.12;
const MOVING_M_S = 0.35;
const LOW_M = 0.06; // above the foot's height at rest
const REACH_M = 0.1; // a plant that is further off is given up
const RELEASE_S = 0.15;

interface Foot {
  upper: Object3D;
  lower: Object3D;
  end: Object3D;
  rest_m: number;
  last: Vector3;
  planted: Vector3 | null;
  slack: Vector3; // what is left of the hold after release
}

export class FootPlant {
  private readonly feet: Foot[];
  private readonly at = new Vector3();

  constructor(body: Humanoid) {
    body.root.updateMatrixWorld(true);
    this.feet = ["left", "right"].flatMap((side) => footOf(body, side));
  }

  /** After the pose is set, before the avatar updates. */
  apply(dt_s: number): void {
    for (const foot of this.feet) {
      foot.end.updateWorldMatrix(true, false);
      this.at.setFromMatrixPosition(foot.end.matrixWorld);
      const speed = dt_s > 0 ? this.at.distanceTo(foot.last) / dt_s : Infinity;
      foot.last.copy(this.at);
      this.plantOrRelease(foot, speed);
      if (foot.planted) foot.slack.subVectors(foot.planted, this.at);
      else foot.slack.multiplyScalar(Math.exp((-3 * dt_s) / RELEASE_S));
      if (foot.slack.lengthSq() > 1e-8) reach(foot, this.at.clone().add(foot.slack));
    }
  }

  private plantOrRelease(foot: Foot, speed: number): void {
    const low = this.at.y < foot.rest_m + LOW_M;
    if (!foot.planted && low && speed < STILL_M_S) foot.planted = this.at.clone().add(foot.slack);
    else if (foot.planted && (!low || speed > MOVING_M_S || foot.planted.distanceTo(this.at) > REACH_M)) foot.planted = null;
  }
}

function footOf(body: Humanoid, side: string): Foot[] {
  const upper = body.bone(`${side}UpperLeg`);
  const lower = body.bone(`${side}LowerLeg`);
  const end = body.bone(`${side}Foot`);
  if (!upper || !lower || !end) return [];
  const at = end.getWorldPosition(new Vector3());
  return [{ upper, lower, end, rest_m: at.y, last: at, planted: null, slack: new Vector3() }];
}

/** Bend knee and hip so that the ankle comes to `goal`; the foot keeps its direction in the world. */
function reach(foot: Foot, goal: Vector3): void {
  const footTurn = foot.end.getWorldQuaternion(new Quaternion());
  const hip = foot.upper.getWorldPosition(new Vector3());
  const knee = foot.lower.getWorldPosition(new Vector3());
  const ankle = foot.end.getWorldPosition(new Vector3());
  const thigh = hip.distanceTo(knee);
  const shin = knee.distanceTo(ankle);
  const span = Math.min(hip.distanceTo(goal), 0.999 * (thigh + shin));
  const now = angleAt(thigh, shin, hip.distanceTo(ankle));
  const axis = new Vector3().crossVectors(knee.clone().sub(hip), ankle.clone().sub(knee));
  if (axis.lengthSq() < 1e-10) axis.set(1, 0, 0).applyQuaternion(foot.upper.getWorldQuaternion(new Quaternion()));
  turnInWorld(foot.lower, new Quaternion().setFromAxisAngle(axis.normalize(), now - angleAt(thigh, shin, span)));
  foot.end.getWorldPosition(ankle);
  turnInWorld(foot.upper, between(ankle.sub(hip), goal.clone().sub(hip)));
  setWorldTurn(foot.end, footTurn);
}

/** Inner angle of the knee for two bones and the distance of their ends. */
export function angleAt(thigh: number, shin: number, span: number): number {
  const cosine = (thigh * thigh + shin * shin - span * span) / (2 * thigh * shin);
  return Math.acos(Math.min(1, Math.max(-1, cosine)));
}

function between(from: Vector3, to: Vector3): Quaternion {
  return new Quaternion().setFromUnitVectors(from.normalize(), to.normalize());
}

function turnInWorld(node: Object3D, turn: Quaternion): void {
  setWorldTurn(node, turn.multiply(node.getWorldQuaternion(new Quaternion())));
}

function setWorldTurn(node: Object3D, world: Quaternion): void {
  const parent = node.parent?.getWorldQuaternion(new Quaternion()) ?? new Quaternion();
  node.quaternion.copy(parent.invert().multiply(world));
  node.updateWorldMatrix(false, true);
}
