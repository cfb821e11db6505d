/** A visit in VR: puts the character in front of the user, streams head and hands, and leaves everything as it was. */

import { Euler, Quaternion, type Vector3 } from "three";
import type { Character } from "../avatar/character";
import type { Stage } from "../scene/stage";
import type { Placement } from "../protocol/client_events";
import type { Conversation } from "../session/conversation";
import { CaptionBoard } from "./caption_board";
import { Mirror } from "./mirror";
import { UserHands } from "./hands";
import { inFrontOf, placementOf, pushBack, type Standing, stageFor } from "./placement";
import { readTrackers } from "./read_trackers";
import { type Sample, TRACKER_FPS, TrackerClock, trackerPayload } from "./trackers";

const STEP_BACK_M_S = 0.6;
const MOVED_M = 0.2;
const TURNED_RAD = 0.35;

export interface VrEvents {
  onChange(inside: boolean): void;
  /** A trigger or a pinch: what holding the microphone button is on the page. */
  onTrigger(down: boolean): void;
}

export class Vr {
  readonly hands = new UserHands();
  readonly board = new CaptionBoard();
  readonly mirror = new Mirror();
  /** Samples of head and hands that were sent so far. */
  sent = 0;
  private readonly clock = new TrackerClock();
  private placed = false;
  private told: Placement | null = null;
  private readonly euler = new Euler(0, 0, 0, "YXZ");

  constructor(
    private readonly stage: Stage,
    private readonly character: Character,
    private readonly conversation: Conversation,
    private readonly events: VrEvents,
  ) {
    stage.scene.add(this.hands.group, this.board.mesh, this.mirror.root);
    stage.renderer.xr.setReferenceSpaceType("local-floor");
    stage.renderer.xr.addEventListener("sessionend", () => this.left());
  }

  static async isAvailable(): Promise<boolean> {
    return (await navigator.xr?.isSessionSupported("immersive-vr").catch(() => false)) ?? false;
  }

  /** Rejects with the browser's DOMException when the headset does not let us in. */
  async enter(): Promise<void> {
    if (!navigator.xr) return;
    const features = { requiredFeatures: ["local-floor"], optionalFeatures: ["hand-tracking"] };
    const session = await navigator.xr.requestSession("immersive-vr", features);
    this.placed = false;
    this.clock.reset();
    this.stage.renderer.xr.enabled = true;
    try {
      await this.stage.renderer.xr.setSession(session);
    } catch (error) {
      await session.end();
      throw error;
    }
    session.addEventListener("selectstart", () => this.events.onTrigger(true));
    session.addEventListener("selectend", () => this.events.onTrigger(false));
    this.stage.renderer.xr.getReferenceSpace()?.addEventListener("reset", () => (this.placed = false));
    this.hands.group.visible = this.board.mesh.visible = true;
    const source = this.conversation.takesFingers ? "three_points_and_fingers" : "three_points";
    this.conversation.wish({ input_motion: { fps: TRACKER_FPS, source } });
    this.events.onChange(true);
  }

  async exit(): Promise<void> {
    await this.stage.renderer.xr.getSession()?.end();
  }

  /** Where the user stands, as the server was told last. */
  get placement(): Placement | null {
    return this.told;
  }

  /** Every frame in VR, before the character moves. */
  update(frame: XRFrame, time_ms: number, dt_s: number, head: Vector3): void {
    const space = this.stage.renderer.xr.getReferenceSpace();
    const sample = space && readTrackers(frame, space, this.conversation.takesFingers);
    if (!space || !sample) return;
    const user = standingOf(sample, this.euler);
    if (!this.placed) this.place(user);
    this.keepDistance(user, dt_s);
    this.tell(user);
    this.hands.update(frame, space);
    this.board.render(this.conversation.store.value);
    this.mirror.update(this.conversation.reflection, performance.now() / 1000, dt_s);
    this.hang(head);
    const samples = this.clock.push(time_ms, sample);
    if (samples.length > 0 && this.conversation.feel(trackerPayload(samples))) this.sent += samples.length;
  }

  private place(user: Standing): void {
    const { stage } = this.character;
    const there = stageFor(this.character.standingOnStage(), inFrontOf(user));
    stage.position.set(there.x, 0, there.z);
    stage.rotation.set(0, there.heading, 0);
    stage.updateMatrixWorld(true);
    this.mirror.place(user);
    this.placed = true;
    this.told = null;
  }

  private keepDistance(user: Standing, dt_s: number): void {
    const step = pushBack(user, this.character.standing(), STEP_BACK_M_S * dt_s);
    this.character.stage.position.x += step.x;
    this.character.stage.position.z += step.z;
  }

  /** The server hears where the user stands, when that has changed and nobody is speaking. */
  private tell(user: Standing): void {
    const { avatarState } = this.conversation.store.value;
    const now = placementOf(user, this.character.standing());
    const moved = this.told === null || Math.abs(now.distance_m - this.told.distance_m) > MOVED_M;
    const turned = this.told !== null && Math.abs(now.bearing_rad - this.told.bearing_rad) > TURNED_RAD;
    if (!this.conversation.isReady || avatarState !== "idle" || !(moved || turned)) return;
    this.told = now;
    this.conversation.wish({ placement: now });
  }

  /** The board hangs beside the character's head and faces the user. */
  private hang(eyes: Vector3): void {
    const { x, z } = this.character.standing();
    const [dx, dz] = [eyes.x - x, eyes.z - z];
    const distance = Math.hypot(dx, dz) || 1;
    this.board.mesh.position.set(x + (0.75 * dz) / distance, 1.25, z - (0.75 * dx) / distance);
    this.board.mesh.lookAt(eyes.x, 1.35, eyes.z);
  }

  private left(): void {
    this.hands.group.visible = this.board.mesh.visible = this.mirror.root.visible = false;
    this.character.stage.position.set(0, 0, 0);
    this.character.stage.rotation.set(0, 0, 0);
    this.stage.renderer.xr.enabled = false;
    this.told = null;
    this.conversation.wish({ input_motion: null, placement: null });
    this.stage.cameraHome(this.character.hips);
    this.events.onChange(false);
  }
}

/** The viewer looks along its -Z. */
function standingOf(sample: Sample, euler: Euler): Standing {
  const [x = 0, , z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = sample;
  euler.setFromQuaternion(new Quaternion(qx, qy, qz, qw));
  return { x, z, heading: euler.y + Math.PI };
}
