/** The user's whole body as the server made it of headset and hands, as in a mirror that stands aside. For developers. */

import { Group, Matrix4, Mesh, MeshLambertMaterial } from "three";
import type { BodyMixer } from "../avatar/body_mixer";
import type { Humanoid } from "../avatar/humanoid";
import type { Standing } from "./placement";

const PLANE_M = 0.8; // in front of the user
const ASIDE_M = 0.95; // to the user's left, beside the character
const TINT = 0x7fb4d6;

export class Mirror {
  readonly root = new Group();
  private body: Humanoid | null = null;

  constructor() {
    this.root.matrixAutoUpdate = false;
    this.root.visible = false;
  }

  get figure(): Humanoid | null {
    return this.body;
  }

  /** The figure that plays the user; one that is worn already is freed. */
  wear(body: Humanoid): void {
    this.take();
    const skin = new MeshLambertMaterial({ color: TINT });
    body.root.traverse((node) => {
      if (node instanceof Mesh) node.material = skin;
    });
    this.root.add(body.root);
    this.body = body;
  }

  /** Put the figure away. */
  take(): void {
    this.body?.dispose();
    this.body = null;
    this.root.visible = false;
  }

  /** Stand the mirror in front of a user, whose body is drawn where they stand and turned over at its plane. */
  place(user: Standing): void {
    const [sin, cos] = [Math.sin(user.heading), Math.cos(user.heading)];
    const way = 2 * PLANE_M;
    const image = new Matrix4().makeTranslation(user.x + way * sin + ASIDE_M * cos, 0, user.z + way * cos - ASIDE_M * sin);
    const turn = new Matrix4().makeRotationY(user.heading);
    const back = new Matrix4().makeRotationY(-user.heading).multiply(new Matrix4().makeTranslation(-user.x, 0, -user.z));
    this.root.matrix.copy(image).multiply(turn).multiply(new Matrix4().makeScale(1, 1, -1)).multiply(back);
    this.root.matrixWorldNeedsUpdate = true;
  }

  /** Every frame in VR. The figure appears with the first pose that is known, and stands as it was seen last until the next. */
  update(reflection: BodyMixer, now_s: number, dt_s: number): void {
    const pose = reflection.update(now_s, -Infinity);
    this.root.visible = this.body !== null && reflection.source !== "relaxed";
    if (!this.body || !this.root.visible) return;
    this.body.pose(pose);
    this.body.update(dt_s);
  }
}
