/** What the page needs of an avatar, whatever file it came from. */

import type { Object3D, Vector3 } from "three";
import type { Pose } from "./pose";

export interface Humanoid {
  readonly root: Object3D;
  /** Height of the hips at rest, metres. */
  readonly hips_m: number;
  /** Name for the person at the screen. */
  readonly title: string;
  /** Bones to turn for gaze and feet, after `pose` and before `update`; rotations count from the T-pose. */
  bone(name: string): Object3D | null;
  /** Put the body into a pose of the wire. */
  pose(pose: Pose): void;
  /** Fifteen mouth weights and how far the lids are closed. */
  face(mouth: Float32Array, blink: number): void;
  /** Turn the eyes to a point of the world, as far as they go. */
  look(target: Vector3): void;
  /** After everything: spring bones, expressions. */
  update(dt_s: number): void;
  dispose(): void;
}
