/** The user's own hands in VR: a small ball at every joint, or a simple wand for a controller. Nothing is downloaded. */

import { CapsuleGeometry, Group, InstancedMesh, Matrix4, Mesh, MeshStandardMaterial, SphereGeometry } from "three";

const JOINTS = 25;

export class UserHands {
  readonly group = new Group();
  private readonly hands = new Map<XRHandedness, { balls: InstancedMesh; wand: Mesh }>();
  private readonly matrix = new Matrix4();
  private readonly skin = new MeshStandardMaterial({ color: 0x2b8a83, roughness: 0.5 });

  constructor() {
    for (const side of ["left", "right"] as const) {
      const balls = new InstancedMesh(new SphereGeometry(1, 10, 8), this.skin, JOINTS);
      const wand = new Mesh(new CapsuleGeometry(0.018, 0.1, 4, 10).rotateX(Math.PI / 2), this.skin);
      wand.matrixAutoUpdate = false;
      balls.frustumCulled = wand.frustumCulled = false;
      this.hands.set(side, { balls, wand });
      this.group.add(balls, wand);
    }
    this.group.visible = false;
  }

  update(frame: XRFrame, space: XRReferenceSpace): void {
    for (const { balls, wand } of this.hands.values()) balls.visible = wand.visible = false;
    for (const source of frame.session.inputSources) {
      const shown = this.hands.get(source.handedness);
      if (!shown) continue;
      if (source.hand) shown.balls.visible = this.place(shown.balls, source.hand, frame, space);
      else if (source.gripSpace) {
        const grip = frame.getPose(source.gripSpace, space);
        shown.wand.visible = grip !== undefined;
        if (grip) shown.wand.matrix.fromArray(grip.transform.matrix);
      }
    }
  }

  private place(balls: InstancedMesh, hand: XRHand, frame: XRFrame, space: XRReferenceSpace): boolean {
    let count = 0;
    for (const joint of hand.values()) {
      const pose = frame.getJointPose?.(joint, space);
      if (!pose) continue;
      const { x, y, z } = pose.transform.position;
      const radius = Math.max(0.006, pose.radius ?? 0.008);
      balls.setMatrixAt(count++, this.matrix.makeScale(radius, radius, radius).setPosition(x, y, z));
    }
    balls.count = count;
    balls.instanceMatrix.needsUpdate = true;
    return count > 0;
  }
}
