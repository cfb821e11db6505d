/** Renderer, camera, room and the loop that draws them. */

import { FrameClock } from "./clock";
import { NeutralToneMapping, PCFShadowMap, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { contactShadow } from "./contact_shadow";
import { LADDER, QualityLadder, type Rung } from "./quality";
import { Room, type ThemeName } from "./room";

export type QualityChoice = "auto" | Rung["name"];

const HOME = new Vector3(0.35, 1.4, 3.6);

export type FrameListener = (now_s: number, dt_s: number, frame: XRFrame | null, time_ms: number) => void;

export class Stage {
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(28, 1, 0.05, 40);
  readonly renderer: WebGLRenderer;
  readonly room: Room;
  readonly controls: OrbitControls;
  readonly shadow = contactShadow();
  frameMs = 0;
  private ladder: QualityLadder;
  private readonly clock = new FrameClock();
  private readonly focus = new Vector3(0, 1.3, 0);

  constructor(
    private readonly canvas: HTMLCanvasElement,
    quality: QualityChoice,
    private readonly onFrame: FrameListener,
  ) {
    const software = quality === "lowest" || quality === "low";
    this.renderer = new WebGLRenderer({ canvas, antialias: !software, powerPreference: "high-performance" });
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.toneMappingExposure = 0.95;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.room = new Room(this.scene);
    this.scene.add(this.shadow);
    this.ladder = this.ladderOf(quality);
    this.controls = this.orbit();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  start(): void {
    this.renderer.setAnimationLoop((time_ms, frame: XRFrame | undefined) => this.draw(time_ms, frame ?? null));
  }

  get rung(): string {
    return this.ladder.current.name;
  }

  setQuality(quality: QualityChoice): void {
    this.ladder = this.ladderOf(quality);
    this.resize();
  }

  paint(theme: ThemeName): void {
    this.room.paint(theme);
  }

  /** Keep the character in the picture as it walks, at the user's own angle. */
  follow(hips: Vector3, eyes_m: number, dt_s: number): void {
    this.room.follow(hips.x, hips.z);
    this.shadow.position.set(hips.x, 0.012, hips.z);
    if (this.renderer.xr.isPresenting) return;
    const ease = 1 - Math.exp(-2.5 * dt_s);
    const tall = this.camera.aspect < 0.8;
    const wanted = new Vector3(hips.x, eyes_m * (tall ? 0.62 : 0.7), hips.z);
    const step = wanted.sub(this.focus).multiplyScalar(ease);
    this.focus.add(step);
    this.controls.target.add(step);
    this.camera.position.add(step);
    this.controls.update();
  }

  /** Where the user looks from: the camera, or the headset. */
  eye(out: Vector3): Vector3 {
    const camera = this.renderer.xr.isPresenting ? this.renderer.xr.getCamera() : this.camera;
    return out.setFromMatrixPosition(camera.matrixWorld);
  }

  /** Back to where a visit begins, in front of the character. */
  cameraHome(hips: Vector3): void {
    this.focus.set(hips.x, this.focus.y, hips.z);
    this.controls.target.copy(this.focus);
    this.camera.position.set(hips.x + HOME.x, HOME.y, hips.z + HOME.z);
    this.camera.rotation.set(0, 0, 0);
    this.resize();
  }

  private orbit(): OrbitControls {
    this.camera.position.copy(HOME);
    const controls = new OrbitControls(this.camera, this.canvas);
    controls.target.copy(this.focus);
    controls.enableDamping = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    controls.enablePan = false;
    Object.assign(controls, { minDistance: 1, maxDistance: 5, minPolarAngle: 0.9, maxPolarAngle: 1.62 });
    return controls;
  }

  private draw(time_ms: number, frame: XRFrame | null): void {
    const { now_s, dt_s } = this.clock.tick(time_ms);
    this.frameMs += (1000 * dt_s - this.frameMs) * 0.05;
    this.onFrame(now_s, dt_s, frame, time_ms);
    this.renderer.render(this.scene, this.camera);
    if (!frame && this.ladder.frame(1000 * dt_s)) this.resize();
  }

  private ladderOf(quality: QualityChoice): QualityLadder {
    const fixed = LADDER.findIndex((rung) => rung.name === quality);
    return fixed >= 0 ? new QualityLadder(fixed, false) : new QualityLadder(2, true);
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (this.renderer.xr.isPresenting || clientWidth === 0 || clientHeight === 0) return;
    const rung = this.ladder.current;
    this.renderer.setPixelRatio(Math.min(rung.pixelRatio, Math.max(1, window.devicePixelRatio) * rung.pixelRatio));
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.renderer.shadowMap.enabled = rung.shadows;
    this.room.key.castShadow = rung.shadows;
    this.camera.aspect = clientWidth / clientHeight;
    this.camera.fov = this.camera.aspect < 0.8 ? 36 : 28;
    this.camera.updateProjectionMatrix();
  }
}
