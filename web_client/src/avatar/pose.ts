/** Poses as the wire has them: hips x, y, z, then a quaternion x, y, z, w for each bone. Plain arithmetic, no engine. */

import { POSE_FLOATS } from "../protocol/media";

export type Pose = Float32Array<ArrayBuffer>;

export const NUM_BONES = (POSE_FLOATS - 3) / 4;
/** Height of the hips above the soles of the skeleton that poses are made for, metres. */
export const SOURCE_HIPS_M = 0.949;

export function emptyPose(): Pose {
  const pose = new Float32Array(POSE_FLOATS);
  pose[1] = SOURCE_HIPS_M;
  for (let bone = 0; bone < NUM_BONES; bone++) pose[3 + 4 * bone + 3] = 1;
  return pose;
}

/** Turn of the hips about +Y: 0 faces +Z, positive to the left. */
export function headingOf(pose: Pose): number {
  return 2 * Math.atan2(at(pose, 4), at(pose, 6));
}

/** out = a towards b by t in 0..1: straight for the hips, the short way round for rotations. */
export function slerpPose(out: Pose, a: Pose, b: Pose, t: number): void {
  for (let i = 0; i < 3; i++) out[i] = at(a, i) + (at(b, i) - at(a, i)) * t;
  for (let i = 3; i < POSE_FLOATS; i += 4) slerpAt(out, a, b, i, t);
}

function slerpAt(out: Pose, a: Pose, b: Pose, i: number, t: number): void {
  let dot = 0;
  for (let k = 0; k < 4; k++) dot += at(a, i + k) * at(b, i + k);
  const sign = dot < 0 ? -1 : 1;
  const cosine = Math.min(1, Math.abs(dot));
  let wa = 1 - t;
  let wb = t;
  if (cosine < 0.9995) {
    const angle = Math.acos(cosine);
    wa = Math.sin(wa * angle) / Math.sin(angle);
    wb = Math.sin(wb * angle) / Math.sin(angle);
  }
  let norm = 0;
  for (let k = 0; k < 4; k++) {
    const value = wa * at(a, i + k) + sign * wb * at(b, i + k);
    out[i + k] = value;
    norm += value * value;
  }
  norm = Math.sqrt(norm) || 1;
  for (let k = 0; k < 4; k++) out[i + k] = at(out, i + k) / norm;
}

/** What takes `to` to `from`: added in front of `to` in full it gives `from`. */
export function poseOffset(from: Pose, to: Pose): Pose {
  const offset = new Float32Array(POSE_FLOATS);
  for (let i = 0; i < 3; i++) offset[i] = at(from, i) - at(to, i);
  for (let i = 3; i < POSE_FLOATS; i += 4) multiplyAt(offset, from, to, i, -1);
  return offset;
}

const IDENTITY = emptyPose();
IDENTITY.fill(0, 0, 3);
const scratch = emptyPose();

/** out = `weight` of the offset in front of `pose`; out may be pose. */
export function addOffset(out: Pose, offset: Pose, pose: Pose, weight: number): void {
  slerpPose(scratch, IDENTITY, offset, weight);
  for (let i = 0; i < 3; i++) out[i] = at(scratch, i) + at(pose, i);
  for (let i = 3; i < POSE_FLOATS; i += 4) multiplyAt(out, scratch, pose, i, 1);
}

/** out[i] = a[i] * b[i], or a[i] * conj(b[i]) where `sign` is -1. */
function multiplyAt(out: Pose, a: Pose, b: Pose, i: number, sign: 1 | -1): void {
  const [ax, ay, az, aw] = [at(a, i), at(a, i + 1), at(a, i + 2), at(a, i + 3)];
  const [bx, by, bz, bw] = [sign * at(b, i), sign * at(b, i + 1), sign * at(b, i + 2), at(b, i + 3)];
  out[i] = aw * bx + ax * bw + ay * bz - az * by;
  out[i + 1] = aw * by - ax * bz + ay * bw + az * bx;
  out[i + 2] = aw * bz + ax * by - ay * bx + az * bw;
  out[i + 3] = aw * bw - ax * bx - ay * by - az * bz;
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}
