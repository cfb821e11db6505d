/** The character on the stage: one frame of body, face, gaze and feet. */

import { Group, Vector3 } from "three";
import { Blinker } from "./blink";
import type { BodyMixer } from "./body_mixer";
import { FootPlant } from "./feet";
import { Gaze } from "./gaze";
import type { Humanoid } from "./humanoid";
import type { MouthTrack } from "./mouth";
import { headingOf, SOURCE_HIPS_M } from "./pose";
import type { Standing } from "../xr/placement";

export interface CharacterFrame {
  now_s: number;
  dt_s: number;
  heard: number;
  lookAt: Vector3;
}

export class Character {
  /** Stands where the character's world begins; VR moves it in front of the user. */
  readonly stage = new Group();
  readonly hips = new Vector3();
  private body: Humanoid | null = null;
  private feet: FootPlant | null = null;
  private readonly footing: Standing = { x: 0, z: 0, heading: 0 };
  private readonly gaze = new Gaze();
  private readonly blinker = new Blinker();

  get avatar(): Humanoid | null {
    return this.body;
  }

  wear(body: Humanoid): void {
    this.body?.dispose();
    this.body = body;
    this.stage.add(body.root);
    this.feet = new FootPlant(body);
  }

  update(mixer: BodyMixer, mouth: MouthTrack, frame: CharacterFrame): void {
    const pose = mixer.update(frame.now_s, frame.heard);
    if (!this.body) return;
    const scale = this.body.hips_m / SOURCE_HIPS_M;
    this.footing.x = scale * (pose[0] ?? 0);
    this.footing.z = scale * (pose[2] ?? 0);
    this.footing.heading = headingOf(pose);
    this.body.pose(pose);
    this.body.bone("hips")?.updateWorldMatrix(true, false);
    this.feet?.apply(frame.dt_s);
    const speaking = mixer.source === "reply";
    this.gaze.apply(this.body, frame.lookAt, speaking ? 0.55 : 0.85, frame.now_s, frame.dt_s);
    this.body.face(mouth.read(mixer.replyEpoch, speaking ? frame.heard : -1e9), this.blinker.read(frame.now_s));
    this.body.update(frame.dt_s);
    this.body.bone("hips")?.getWorldPosition(this.hips);
  }

  /** Where the voice comes from. */
  mouth(out: Vector3): Vector3 {
    const head = this.body?.bone("head");
    if (!head) return out.set(0, 1.5, 0);
    out.setFromMatrixPosition(head.matrixWorld);
    return out;
  }

  /** Where the character stands on its own stage, and which way its hips face. */
  standingOnStage(): Standing {
    const { x, z, heading } = this.footing;
    return { x, z, heading };
  }

  /** The same in the world. */
  standing(): Standing {
    const { position, rotation } = this.stage;
    const { x, z, heading } = this.footing;
    const [cos, sin] = [Math.cos(rotation.y), Math.sin(rotation.y)];
    return { x: position.x + cos * x + sin * z, z: position.z - sin * x + cos * z, heading: heading + rotation.y };
  }

  /** Height of the eyes above the floor at rest, metres. */
  get eyes_m(): number {
    return (this.body?.hips_m ?? 0.95) * 1.68;
  }
}
