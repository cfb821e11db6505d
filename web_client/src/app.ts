/** The running page. Builds its parts, hands each what it needs of the others. */

import { Vector3 } from "three";
import { Character } from "./avatar/character";
import { createPlayback, type Playback } from "./audio/playback";
import { Ear } from "./audio/ear";
import { fetchAvatar, fetchPersonas, socketFactory, socketUrl } from "./session/server";
import { Conversation, RATE_HZ } from "./session/conversation";
import { Stage } from "./scene/stage";
import { Captions } from "./ui/captions";
import { Dock } from "./ui/dock";
import { acceptDrops } from "./ui/drop_target";
import { FaultBanner } from "./ui/fault_banner";
import { Header } from "./ui/header";
import { listenToKeys } from "./ui/keyboard";
import { LatencyPanel } from "./ui/latency";
import { type Preferences, readPreferences, savePreferences } from "./ui/preferences";
import { SettingsDialog } from "./ui/settings_dialog";
import { Theme } from "./ui/theme";
import { readAvatar } from "./avatar/load";
import { Recorder } from "./record/recorder";
import { download } from "./ui/dom";
import { Vr } from "./xr/vr";

export class App {
  readonly conversation = new Conversation(socketUrl(location), socketFactory(location));
  readonly character = new Character();
  readonly stage: Stage;
  playback: Playback | null = null;
  private readonly preferences: Preferences = readPreferences(location.search);
  private readonly ear = new Ear(this.conversation, RATE_HZ);
  private readonly header: Header;
  private readonly captions = new Captions();
  private readonly dock: Dock;
  private readonly latency = new LatencyPanel();
  private readonly fault = new FaultBanner(() => this.conversation.reconnect());
  private readonly settings: SettingsDialog;
  private readonly theme = new Theme((name) => this.stage.paint(name));
  private readonly eye = new Vector3();
  private readonly mouthAt = new Vector3();
  readonly vr: Vr;
  private speaker: Promise<void> | null = null;
  private recorder: Recorder | null = null;

  constructor(page: Document) {
    const canvas = page.querySelector("canvas") as HTMLCanvasElement;
    this.stage = new Stage(canvas, this.preferences.quality, (...step) => this.frame(...step));
    this.stage.scene.add(this.character.stage);
    this.vr = new Vr(this.stage, this.character, this.conversation, (inside) => {
      this.header.showVr(true, inside);
      this.playback?.spatial(inside);
    });
    this.header = new Header({
      onPersona: (name) => this.conversation.setPersona(name),
      onLatency: () => this.change({ latency: !this.preferences.latency }),
      onSettings: () => this.settings.root.showModal(),
      onVr: () => void this.toggleVr(),
    });
    this.dock = new Dock({
      onText: (text) => this.say(text),
      onStop: () => this.conversation.interrupt(),
      onMicrophone: () => this.toggleMicrophone(),
      onTalk: (down) => this.talk(down),
    });
    this.settings = new SettingsDialog(this.preferences, {
      onChange: (changes) => this.change(changes),
      onAvatar: (file) => void this.wear(file.arrayBuffer(), file.name),
      onDefaultAvatar: () => void this.wear(fetchAvatar(), "mannequin"),
      onRecord: () => this.record(),
    });
    const { header, fault, captions, dock, latency, settings } = this;
    page.getElementById("app")?.append(header.root, fault.root, latency.root, captions.root, dock.root, settings.root);
  }

  start(): void {
    this.change(this.preferences);
    this.conversation.setMode(this.preferences.mode);
    this.listen();
    this.conversation.connect();
    void this.wear(fetchAvatar(), "mannequin");
    void fetchPersonas().then((cards) => this.header.setPersonas(cards, this.conversation.store.value.persona), this.complain);
    void Vr.isAvailable().then((available) => this.header.showVr(available, false));
    this.stage.start();
  }

  /** Put on an avatar; what cannot be worn leaves the present one on, with a sentence. */
  async wear(bytes: Promise<ArrayBuffer>, title: string): Promise<void> {
    try {
      const body = await readAvatar(await bytes, title);
      this.stage.renderer.compile(body.root, this.stage.camera, this.stage.scene);
      this.character.wear(body);
    } catch (error) {
      this.complain(error instanceof Error ? new Error(`${title}: ${error.message}`) : error);
    }
  }

  say(text: string): void {
    this.openSpeaker();
    this.conversation.say(text);
  }

  private readonly complain = (error: unknown): void => {
    const notice = error instanceof Error ? error.message : String(error);
    this.conversation.store.patch({ notice });
  };

  private listen(): void {
    this.conversation.store.watch((state) => {
      this.header.render(state);
      this.captions.render(state);
      this.dock.render(state);
      this.fault.render(state);
    });
    listenToKeys({
      focusText: () => this.dock.input.focus(),
      toggleMicrophone: () => this.toggleMicrophone(),
      talk: (down) => this.talk(down),
      stop: () => this.conversation.interrupt(),
    });
    acceptDrops((file) => void this.wear(file.arrayBuffer(), file.name));
    for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, () => this.openSpeaker(), { once: true });
    window.addEventListener("pagehide", () => this.conversation.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.conversation.connect());
  }

  /** Browsers let a page sound only after the person has done something. */
  private openSpeaker(): void {
    this.speaker ??= createPlayback(RATE_HZ, (report) => this.conversation.played(report)).then((playback) => {
      this.playback = playback;
      playback.setVolume(this.preferences.volume);
      this.conversation.attach(playback);
    }, this.complain);
    void this.playback?.context.resume();
  }

  private toggleMicrophone(): void {
    this.openSpeaker();
    void this.ear.toggle();
  }

  private talk(down: boolean): void {
    if (this.preferences.mode !== "push" || !this.ear.isOpen) return;
    if (down) this.conversation.startTalking();
    else this.conversation.stopTalking();
  }

  private change(changes: Partial<Preferences>): void {
    Object.assign(this.preferences, changes);
    savePreferences(this.preferences);
    if (changes.theme !== undefined) this.theme.choose(changes.theme);
    if (changes.quality !== undefined) this.stage.setQuality(changes.quality);
    if (changes.volume !== undefined) this.playback?.setVolume(changes.volume);
    if (changes.mode !== undefined && changes.mode !== this.conversation.store.value.mode) this.conversation.setMode(changes.mode);
    if (changes.captions !== undefined) this.captions.setVisible(changes.captions);
    if (changes.latency !== undefined) {
      this.latency.root.hidden = !changes.latency;
      document.getElementById("toggle-latency")?.setAttribute("aria-pressed", String(changes.latency));
    }
  }

  /** Begin a recording, or end it and hand it over as a file. */
  private record(): void {
    const { conversation } = this;
    const recorder = this.recorder;
    this.recorder = recorder ? null : new Recorder(RATE_HZ);
    this.settings.showRecording(this.recorder !== null);
    conversation.onMedia = (frame, direction) => this.recorder?.media(frame, direction);
    conversation.onEvent = (event) => this.recorder?.event(event);
    if (recorder) download(recorder.finish(), "solami_session.zip");
  }

  private async toggleVr(): Promise<void> {
    this.openSpeaker();
    if (this.stage.renderer.xr.isPresenting) return this.vr.exit();
    try {
      await this.vr.enter();
      if (!this.ear.isOpen) await this.ear.toggle();
    } catch (error) {
      this.complain(error);
    }
  }

  private frame(now_s: number, dt_s: number, frame: XRFrame | null, time_ms: number): void {
    const { conversation, character, stage } = this;
    stage.eye(this.eye);
    if (frame) this.vr.update(frame, time_ms, dt_s, this.eye);
    conversation.tick(now_s);
    const heard = conversation.heard;
    character.update(conversation.mixer, conversation.mouth, { now_s, dt_s, heard, lookAt: this.eye });
    if (this.playback) this.playback.place(stage.camera, character.mouth(this.mouthAt));
    stage.follow(character.hips, character.eyes_m, dt_s);
    this.dock.setLevel(this.ear.level);
    const { source, shownSample } = conversation.mixer;
    const skew_ms = source === "reply" ? (1000 * (heard - shownSample)) / RATE_HZ : null;
    this.latency.render(conversation.store.value, { fps: 1000 / Math.max(1, stage.frameMs), rung: stage.rung, skew_ms });
  }
}
