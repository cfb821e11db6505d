/** A humanoid GLB without VRM's description: bones by name, rotations taken relative to its rest pose. */

import { VRMUtils } from "@pixiv/three-vrm";
import { Object3D, Quaternion, Vector3 } from "three";
import { boneOfName } from "./bone_names";
import type { Humanoid } from "./humanoid";
import { VISEME_NAMES, vrmMouth } from "./mouth";
import { type Pose, SOURCE_HIPS_M } from "./pose";

interface Joint {
  node: Object3D;
  restLocal: Quaternion;
  parentRest: Quaternion; // world rotation of the parent at rest
}

interface Morph {
  influences: number[];
  index: number;
}

const NEEDED = ["hips", "spine", "head", "leftUpperArm", "rightUpperArm", "leftUpperLeg", "rightUpperLeg"];

export class GlbHumanoid implements Humanoid {
  readonly hips_m: number;
  private readonly joints: (Joint | null)[];
  private readonly proxies = new Map<string, Object3D>();
  private readonly morphs = new Map<string, Morph[]>();
  private readonly hipsParentInverse: Quaternion;
  private readonly hipsUnit: number; // metres to the units of the hips' parent

  /** Throws an Error that names what is missing when the rig is no humanoid. */
  constructor(
    readonly root: Object3D,
    private readonly bones: readonly string[],
    readonly title: string,
  ) {
    root.updateMatrixWorld(true);
    const found = findBones(root);
    const missing = NEEDED.filter((bone) => !found.has(bone));
    if (missing.length > 0) throw new Error(`no humanoid: bones not found by name: ${missing.join(", ")}`);
    this.joints = bones.map((bone) => jointOf(found.get(bone)));
    const hips = found.get("hips") ?? root;
    this.hips_m = hips.getWorldPosition(new Vector3()).y;
    const parent = hips.parent ?? root;
    this.hipsParentInverse = parent.getWorldQuaternion(new Quaternion()).invert();
    this.hipsUnit = 1 / parent.getWorldScale(new Vector3()).y;
    for (const [bone, node] of found) this.proxies.set(bone, node);
    this.collectMorphs();
  }

  bone(name: string): Object3D | null {
    return this.proxies.get(name) ?? null;
  }

  pose(pose: Pose): void {
    const turn = new Quaternion();
    this.joints.forEach((joint, bone) => {
      if (!joint) return;
      turn.fromArray(pose, 3 + 4 * bone);
      restRelative(joint.node.quaternion, turn, joint.parentRest, joint.restLocal);
    });
    const hips = this.joints[this.bones.indexOf("hips")];
    const scale = (this.hips_m / SOURCE_HIPS_M) * this.hipsUnit;
    hips?.node.position.fromArray(pose).multiplyScalar(scale).applyQuaternion(this.hipsParentInverse);
  }

  face(mouth: Float32Array, blink: number): void {
    VISEME_NAMES.forEach((name, i) => this.morph(`viseme_${name}`, mouth[i] ?? 0));
    for (const [name, weight] of Object.entries(vrmMouth(mouth))) this.morph(name, weight);
    this.morph("jawOpen", 0.7 * (vrmMouth(mouth).aa + 0.5 * vrmMouth(mouth).oh));
    for (const name of ["blink", "eyeBlinkLeft", "eyeBlinkRight"]) this.morph(name, blink);
  }

  look(_target: Vector3): void {
    // Eyes of rigs without a description point anywhere at rest: the head alone looks.
  }

  update(_dt_s: number): void {
    this.root.updateMatrixWorld();
  }

  dispose(): void {
    VRMUtils.deepDispose(this.root);
    this.root.removeFromParent();
  }

  private morph(name: string, weight: number): void {
    for (const { influences, index } of this.morphs.get(name) ?? []) influences[index] = weight;
  }

  private collectMorphs(): void {
    this.root.traverse((node) => {
      node.frustumCulled = false;
      if (!("morphTargetDictionary" in node) || !("morphTargetInfluences" in node)) return;
      const mesh = node as { morphTargetDictionary?: Record<string, number>; morphTargetInfluences?: number[] };
      for (const [name, index] of Object.entries(mesh.morphTargetDictionary ?? {})) {
        const influences = mesh.morphTargetInfluences;
        if (influences) this.morphs.set(name, [...(this.morphs.get(name) ?? []), { influences, index }]);
      }
    });
  }
}

/** local = parentRest^-1 * turn * parentRest * restLocal: a turn counted from the T-pose, in a bone's own axes. */
export function restRelative(out: Quaternion, turn: Quaternion, parentRest: Quaternion, restLocal: Quaternion): void {
  const inverse = parentRest.clone().invert();
  out.copy(inverse).multiply(turn).multiply(parentRest).multiply(restLocal);
}

function jointOf(node: Object3D | undefined): Joint | null {
  if (!node?.parent) return null;
  return { node, restLocal: node.quaternion.clone(), parentRest: node.parent.getWorldQuaternion(new Quaternion()) };
}

function findBones(root: Object3D): Map<string, Object3D> {
  const found = new Map<string, Object3D>();
  root.traverse((node) => {
    const bone = boneOfName(node.name);
    if (bone !== null && !found.has(bone)) found.set(bone, node);
  });
  return found;
}
