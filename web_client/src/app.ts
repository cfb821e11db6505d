/** The running page. Builds its parts, hands each what it needs of the others. */

import { Vector3 } from "three";
import { Character } from "./avatar/character";
import type { Playback } from "./audio/playback";
import { Speaker } from "./audio/speaker";
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
import { loadPreferences, type Preferences, readPreferences, savePreferences } from "./ui/preferences";
import { SettingsDialog } from "./ui/settings_dialog";
import { Theme } from "./ui/theme";
import { Wardrobe } from "./avatar/wardrobe";
import { followPage } from "./page_life";
import { Tape } from "./record/tape";
import { download } from "./ui/dom";
import { Vr } from "./xr/vr";

export class App {
  readonly conversation = new Conversation(socketUrl(location), socketFactory(location));
  readonly character = new Character();
  readonly stage: Stage;
  private readonly preferences: Preferences = readPreferences(loadPreferences(), location.search);
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
  private readonly speaker = new Speaker(RATE_HZ, this.preferences.volume, {
    onOpen: (playback) => this.conversation.attach(playback),
    onReport: (report) => this.conversation.played(report),
    onFault: (error) => this.complain(error),
  });
  private readonly wardrobe = new Wardrobe(
    (body) => {
      this.stage.renderer.compile(body.root, this.stage.camera, this.stage.scene);
      this.character.wear(body);
    },
    (error) => this.complain(error),
  );
  private readonly mirrors = new Wardrobe(
    (body) => this.vr.mirror.wear(body),
    (error) => this.complain(error),
  );
  private isMirrored = false;
  private readonly tape = new Tape(this.conversation, RATE_HZ, (finished) => {
    this.settings.showRecording(this.tape.isRunning);
    if (finished) download(finished, "solami_session.zip");
  });

  constructor(page: Document) {
    const canvas = page.querySelector("canvas") as HTMLCanvasElement;
    this.stage = new Stage(canvas, this.preferences.quality, (...step) => this.frame(...step));
    this.stage.scene.add(this.character.stage);
    this.vr = new Vr(this.stage, this.character, this.conversation, {
      onChange: (inside) => {
        this.header.showVr(true, inside);
        this.playback?.spatial(inside);
        this.showMirror();
      },
      onTrigger: (down) => this.talk(down),
    });
    this.header = new Header({
      onPersona: (name) => this.conversation.setPersona(name),
      onLatency: () => this.change({ latency: !this.preferences.latency }),
      onSettings: () => this.settings.root.showModal(),
      onVr: () => void this.toggleVr(),
    });
    this.dock = new Dock({
      onText: (text) => this.conversation.say(text),
      onStop: () => this.conversation.interrupt(),
      onMicrophone: () => void this.ear.toggle(),
      onTalk: (down) => this.talk(down),
    });
    this.settings = new SettingsDialog(this.preferences, {
      onChange: (changes) => this.change(changes),
      onAvatar: (file) => void this.wardrobe.wear(file.arrayBuffer(), file.name),
      onDefaultAvatar: () => void this.wardrobe.wear(fetchAvatar(), "mannequin"),
      onRecord: () => this.tape.toggle(),
    });
    const { header, fault, captions, dock, latency, settings } = this;
    page.getElementById("app")?.append(header.root, fault.root, latency.root, captions.root, dock.root, settings.root);
  }

  start(): void {
    this.change(this.preferences);
    this.conversation.setMode(this.preferences.mode);
    this.listen();
    this.conversation.connect();
    void this.wardrobe.wear(fetchAvatar(), "mannequin");
    void fetchPersonas().then((cards) => this.header.setPersonas(cards, this.conversation.store.value.persona), this.complain);
    void Vr.isAvailable().then((available) => this.header.showVr(available, false));
    this.stage.start();
  }

  /** What plays the voice; null before the first gesture. */
  get playback(): Playback | null {
    return this.speaker.playback;
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
      toggleMicrophone: () => void this.ear.toggle(),
      talk: (down) => this.talk(down),
      stop: () => this.conversation.interrupt(),
    });
    acceptDrops((file) => void this.wardrobe.wear(file.arrayBuffer(), file.name));
    followPage({
      onWake: () => {
        this.speaker.wake();
        this.conversation.wake();
      },
      onLeave: () => this.conversation.close(),
      onReturn: () => this.conversation.connect(),
      onGesture: () => this.speaker.open(),
    });
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
    if (changes.volume !== undefined) this.speaker.setVolume(changes.volume);
    if (changes.mode !== undefined && changes.mode !== this.conversation.store.value.mode) this.conversation.setMode(changes.mode);
    if (changes.mirror !== undefined) this.showMirror();
    if (changes.captions !== undefined) this.captions.setVisible(changes.captions);
    if (changes.latency !== undefined) {
      this.latency.root.hidden = !changes.latency;
      document.getElementById("toggle-latency")?.setAttribute("aria-pressed", String(changes.latency));
    }
  }

  /** The user's own body, in VR and where it is wished for. */
  private showMirror(): void {
    const wanted = this.preferences.mirror && this.stage.renderer.xr.isPresenting;
    if (wanted === this.isMirrored) return;
    this.isMirrored = wanted;
    this.conversation.wish({ mirror: wanted });
    if (wanted) void this.mirrors.wear(fetchAvatar(), "mirror");
    else {
      this.mirrors.leave();
      this.vr.mirror.take();
    }
  }

  private async toggleVr(): Promise<void> {
    this.speaker.open();
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
