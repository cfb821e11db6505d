/** One conversation: the connection, the voice and the body's tracks, and the state that the page shows. */

import { BodyMixer } from "../avatar/body_mixer";
import { MouthTrack } from "../avatar/mouth";
import { RelaxedBody } from "../avatar/relaxed";
import type { Playback } from "../audio/playback";
import type { PlayerReport } from "../audio/player_core";
import { type ClientEvent, typedText, type SessionSettings, type TurnDetection } from "../protocol/client_events";
import { BONES } from "../protocol/bones";
import { type ConnectionHandlers, RealtimeConnection, type SocketFactory } from "../protocol/connection";
import { type MediaFrame, MediaType, payloadFloats, POSE_FLOATS } from "../protocol/media";
import type { ErrorBody, ServerEvent } from "../protocol/server_events";
import { linkFault, turnFault } from "./faults";
import { changesOf } from "./page_events";
import { Replies } from "./replies";
import { type MicrophoneMode, type PageState, START } from "./state";
import { Store } from "./store";
import { addText } from "./transcript";
import { type MediaTap, Uplink } from "./uplink";
import { Voice } from "./voice";

export const RATE_HZ = 24000;
const REPORT_EVERY_S = 0.25;
const HEARTBEAT_S = 10;
const OPEN_EAR: TurnDetection = { type: "server_vad", threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 };

export type EventTap = (event: ServerEvent | ClientEvent, direction: "in" | "out") => void;

export class Conversation {
  readonly store = new Store<PageState>(START);
  mixer = new BodyMixer(RATE_HZ, 30, new RelaxedBody(BONES));
  mouth = new MouthTrack(RATE_HZ / 25);
  /** The user's body, where a mirror was wished for: nothing is made up between what the server says. */
  reflection = new BodyMixer(RATE_HZ, 30, null);
  sessionId = "";
  /** Whether this server takes the fingers of tracked hands. */
  takesFingers = false;
  onMedia: MediaTap = () => undefined;
  onEvent: EventTap = () => undefined;
  private readonly connection: RealtimeConnection;
  private replies = new Replies();
  private readonly voice = new Voice();
  private readonly uplink: Uplink;
  private reported_s = 0;
  private wishes: Partial<SessionSettings> = {};
  private told_s = 0;
  private refused = 0;
  private motionDeclared = false;
  private ready = false;

  constructor(url: string, openSocket: SocketFactory) {
    const handlers: ConnectionHandlers = {
      onLink: (link) => this.store.patch({ link, fault: linkFault(link) }),
      onEvent: (event) => this.take(event),
      onMedia: (frame) => this.takeMedia(frame),
      onReady: (event) => this.begin(event),
    };
    this.connection = new RealtimeConnection(url, handlers, openSocket);
    this.uplink = new Uplink(this.connection, (frame, direction) => this.onMedia(frame, direction));
  }

  connect(): void {
    this.connection.connect();
  }

  /** The page is seen again, or the network is back: do not wait, and do not stay away for having been silent. */
  wake(): void {
    const { link } = this.store.value;
    if (link.kind === "waiting" || (link.kind === "closed" && link.code === "1000")) this.reconnect();
  }

  reconnect(): void {
    this.connection.retryNow();
  }

  close(): void {
    this.connection.close();
  }

  /** The speaker came up: before it, sound waits. */
  attach(playback: Playback): void {
    this.voice.attach(playback);
  }

  get heard(): number {
    return this.voice.heard(this.mixer.replyEpoch);
  }

  /** Samples of the user's audio in this session. */
  get sentSamples(): number {
    return this.uplink.sentSamples;
  }

  get isReady(): boolean {
    return this.ready && this.connection.isReady;
  }

  /** Send typed words; false when there is nobody to send them to. */
  say(text: string): boolean {
    if (!this.connection.isReachable) {
      this.store.patch({ notice: "Not connected yet; please send that again in a moment." });
      return false;
    }
    this.interrupt();
    const id = `typed_${performance.now()}`;
    const lines = addText(this.store.value.lines, { id, who: "user", text, origin: "typed" });
    this.store.patch({ lines, saw: "", notice: "" });
    this.send(typedText(text));
    this.send({ type: "response.create" });
    return true;
  }

  /** Stop the reply that is coming or being heard. */
  interrupt(): void {
    const heard = this.heard;
    const reply = this.stopReply();
    if (!reply) return;
    if (!reply.complete) this.send({ type: "response.cancel", response_id: reply.id });
    const audio_end_ms = (1000 * Math.max(0, heard)) / RATE_HZ;
    const item_id = reply.id.replace("resp_", "item_r");
    this.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms });
  }

  setPersona(persona: string): void {
    this.interrupt();
    this.wish({ persona });
    this.store.patch({ lines: [], saw: "", last: null });
  }

  setMode(mode: MicrophoneMode): void {
    this.wish({ turn_detection: mode === "open" ? OPEN_EAR : null });
    this.store.patch({ mode, talking: false });
  }

  /** Ask for settings now and again in every later session. */
  wish(settings: Partial<SessionSettings>): void {
    this.wishes = { ...this.wishes, ...settings };
    if (this.connection.isReady) this.send({ type: "session.update", session: settings });
  }

  /** A block of the microphone. */
  hear(samples: Float32Array): void {
    const { mode, talking } = this.store.value;
    if (!this.isReady || (mode === "push" && !talking)) return;
    this.uplink.hear(samples);
  }

  /** Samples of the user's head and hands; returns whether they are wanted now. */
  feel(payload: Uint8Array<ArrayBuffer>): boolean {
    const { mode, talking } = this.store.value;
    if (!this.isReady || !this.motionDeclared) return false;
    if (mode === "push" && !talking) return false; // with the client's turns, input opens one
    this.uplink.feel(payload);
    return true;
  }

  startTalking(): void {
    this.interrupt();
    this.store.patch({ talking: true, notice: "" });
  }

  stopTalking(): void {
    if (!this.store.value.talking) return;
    this.store.patch({ talking: false });
    this.send({ type: "response.create" });
  }

  /** Every few milliseconds, from the audio thread. */
  played(report: PlayerReport): void {
    const reply = this.replies.current;
    const now_s = performance.now() / 1000;
    if (report.finished && reply?.complete && report.epoch === reply.epoch) this.mixer.endReply(reply.epoch);
    if (now_s - this.reported_s < REPORT_EVERY_S) return;
    this.reported_s = now_s;
    const lead_ms = (1000 * report.buffered) / RATE_HZ;
    const played_s = report.sample / RATE_HZ;
    this.store.patch({ meter: { lead_ms, underruns: report.underruns, played_s } });
    if (reply && report.epoch === reply.epoch && !reply.cancelled && report.sample > 0) this.reportPlayback(reply.id, report);
  }

  /** While the page is seen: what came was taken, and somebody is here. */
  tick(now_s: number): void {
    const received = this.connection.receivedCount;
    if (received === null || !this.isReady || now_s - this.told_s < HEARTBEAT_S) return;
    this.told_s = now_s;
    this.connection.send({ type: "output.playback", received });
  }

  private reportPlayback(response_id: string, report: PlayerReport): void {
    const received = this.connection.receivedCount;
    const { sample, underruns } = report;
    const base = { type: "output.playback", response_id, sample, underruns } as const;
    this.connection.send(received === null ? base : { ...base, received });
  }

  private begin(event: Extract<ServerEvent, { type: "session.created" }>): void {
    const { motion, visemes } = event.streams;
    this.ready = false;
    this.sessionId = event.session.id;
    this.takesFingers = event.protocol.capabilities.includes("fingers");
    this.replies = new Replies();
    this.voice.command({ kind: "reset" });
    this.mixer = new BodyMixer(RATE_HZ, motion.fps, new RelaxedBody(BONES));
    this.mouth = new MouthTrack(RATE_HZ / visemes.fps);
    this.reflection = new BodyMixer(RATE_HZ, motion.fps, null);
    this.uplink.restart();
    const { mode } = this.store.value;
    const turn_detection = mode === "open" ? OPEN_EAR : null;
    const media = { media: "binary", output_audio_rate: RATE_HZ, idle_motion: true } as const;
    const input_audio_format = { type: "pcm16", rate: RATE_HZ } as const;
    this.send({ type: "session.update", session: { ...media, input_audio_format, turn_detection, ...this.wishes } });
  }

  private take(event: ServerEvent): void {
    this.onEvent(event, "in");
    if (event.type === "input_audio_buffer.speech_started") this.stopReply();
    this.store.patch(changesOf(event, this.store.value, (id) => `${this.sessionId}/${id}`));
    if (event.type === "session.updated") this.agreed(event.session.input_motion !== null);
    else if (event.type === "response.created") this.expect(event.response.id, event.response.epoch);
    else if (event.type === "response.done") this.finish(event.response.id);
    else if (event.type === "error") this.fault(event.error);
    else if (event.type === "avatar.state" && event.state === "idle" && this.refused === 1) this.wish(this.wishes);
  }

  private agreed(motionDeclared: boolean): void {
    this.ready = true;
    this.refused = 0;
    this.motionDeclared = motionDeclared;
  }

  private expect(id: string, epoch: number): void {
    this.replies.begin(id, epoch);
    this.voice.command({ kind: "begin", epoch });
  }

  private finish(responseId: string): void {
    const reply = this.replies.current;
    if (reply?.id !== responseId) return;
    reply.complete = true;
    this.voice.command({ kind: "end", epoch: reply.epoch });
  }

  private fault(error: ErrorBody): void {
    if (error.code === "response_cancel_not_active" || error.code === "item_not_found") return; // it had just ended
    if (error.code === "invalid_session" && this.refused++ === 0) return; // a turn was open: asked again when it is over
    if (this.connection.isReady) this.store.patch({ notice: turnFault(error) }); // else the connection says why there is none
  }

  private takeMedia(frame: MediaFrame): void {
    this.onMedia(frame, "in");
    if (frame.epoch !== 0 && !this.replies.wants(frame.epoch)) return;
    if (frame.type === MediaType.audio) this.voice.play(frame);
    else if (frame.type === MediaType.userBody) this.reflection.pushIdle(frame.sample, payloadFloats(frame.payload, POSE_FLOATS), performance.now() / 1000);
    else if (frame.type === MediaType.visemes) this.mouth.push(frame.epoch, frame.sample, frame.payload);
    else if (frame.type === MediaType.motion) {
      const rows = payloadFloats(frame.payload, POSE_FLOATS);
      if (frame.epoch === 0) this.mixer.pushIdle(frame.sample, rows, performance.now() / 1000);
      else this.mixer.pushReply(frame.epoch, frame.sample, rows);
    }
  }

  private send(event: ClientEvent): void {
    this.connection.send(event);
    this.onEvent(event, "out");
  }

  private stopReply(): ReturnType<Replies["cancel"]> {
    const reply = this.replies.current;
    if (!reply || (reply.complete && this.voice.isSilent)) return null;
    this.voice.command({ kind: "fade", epoch: reply.epoch });
    this.mixer.endReply(reply.epoch);
    return this.replies.cancel();
  }
}
