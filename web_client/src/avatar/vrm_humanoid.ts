/** A VRM avatar (1.0, or 0.x turned around) driven by poses of the wire. */

import { type VRM, VRMHumanBoneName, VRMUtils } from "@pixiv/three-vrm";
import { Object3D, type Vector3 } from "three";
import type { Humanoid } from "./humanoid";
import { VISEME_NAMES, vrmMouth } from "./mouth";
import { type Pose, SOURCE_HIPS_M } from "./pose";

export class VrmHumanoid implements Humanoid {
  readonly root: Object3D;
  readonly hips_m: number;
  readonly title: string;
  private readonly nodes: (Object3D | null)[];
  private readonly target = new Object3D();
  private readonly sign: 1 | -1; // VRM 0.x faces -Z: x and z of its rotations change sign
  private readonly hasVisemes: boolean;

  constructor(
    private readonly vrm: VRM,
    private readonly bones: readonly string[],
    title: string,
  ) {
    VRMUtils.rotateVRM0(vrm);
    this.root = vrm.scene;
    this.title = title;
    this.sign = vrm.meta.metaVersion === "0" ? -1 : 1;
    this.nodes = bones.map((bone) => this.bone(bone));
    this.hips_m = vrm.humanoid.normalizedRestPose.hips?.position?.[1] ?? SOURCE_HIPS_M;
    this.hasVisemes = vrm.expressionManager?.getExpression("viseme_aa") != null;
    if (vrm.lookAt) vrm.lookAt.target = this.target;
    vrm.scene.traverse((node) => {
      node.frustumCulled = false; // bounds are those of the T-pose
    });
  }

  bone(name: string): Object3D | null {
    const names: readonly string[] = Object.values(VRMHumanBoneName);
    return names.includes(name) ? this.vrm.humanoid.getNormalizedBoneNode(name as VRMHumanBoneName) : null;
  }

  pose(pose: Pose): void {
    const scale = this.hips_m / SOURCE_HIPS_M;
    const hips = this.nodes[this.bones.indexOf("hips")];
    hips?.position.set(this.sign * scale * (pose[0] ?? 0), scale * (pose[1] ?? 0), this.sign * scale * (pose[2] ?? 0));
    this.nodes.forEach((node, bone) => {
      const i = 3 + 4 * bone;
      node?.quaternion.set(this.sign * (pose[i] ?? 0), pose[i + 1] ?? 0, this.sign * (pose[i + 2] ?? 0), pose[i + 3] ?? 1);
    });
  }

  face(mouth: Float32Array, blink: number): void {
    const faces = this.vrm.expressionManager;
    if (!faces) return;
    faces.setValue("blink", blink);
    if (this.hasVisemes) {
      VISEME_NAMES.forEach((name, i) => faces.setValue(`viseme_${name}`, mouth[i] ?? 0));
      return;
    }
    for (const [name, weight] of Object.entries(vrmMouth(mouth))) faces.setValue(name, weight);
  }

  look(target: Vector3): void {
    this.target.position.copy(target);
    this.target.updateMatrixWorld();
  }

  update(dt_s: number): void {
    this.vrm.update(dt_s);
  }

  dispose(): void {
    VRMUtils.deepDispose(this.vrm.scene);
    this.root.removeFromParent();
  }
}
