/** One conversation: the connection, the voice and the body's tracks, and the state that the page shows. */

import { BodyMixer } from "../avatar/body_mixer";
import { MouthTrack } from "../avatar/mouth";
import { RelaxedBody } from "../avatar/relaxed";
import type { Playback } from "../audio/playback";
import type { PlayerReport } from "../audio/player_core";
import { typedText, type SessionSettings, type TurnDetection } from "../protocol/client_events";
import { BONES } from "../protocol/bones";
import { type ConnectionHandlers, RealtimeConnection, type SocketFactory } from "../protocol/connection";
import { floatsToPcm16, type MediaFrame, MediaType, payloadFloats, pcm16ToFloats, POSE_FLOATS } from "../protocol/media";
import { assertNever, type ErrorBody, type ServerEvent } from "../protocol/server_events";
import { linkFault, turnFault } from "./faults";
import { Replies } from "./replies";
import { type MicrophoneMode, type PageState, START } from "./state";
import { Store } from "./store";
import { addHeard, addText } from "./transcript";

export const RATE_HZ = 24000;
const REPORT_EVERY_S = 0.25;
const OPEN_EAR: TurnDetection = { type: "server_vad", threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 };

export type MediaTap = (frame: MediaFrame, direction: "in" | "out") => void;
export type EventTap = (event: ServerEvent) => void;

export class Conversation {
  readonly store = new Store<PageState>(START);
  mixer = new BodyMixer(RATE_HZ, 30, new RelaxedBody(BONES));
  mouth = new MouthTrack(RATE_HZ / 25);
  onMedia: MediaTap = () => undefined;
  onEvent: EventTap = () => undefined;
  /** Called with every new session, before its settings are asked for. */
  onSession: () => void = () => undefined;
  private readonly connection: RealtimeConnection;
  private replies = new Replies();
  private playback: Playback | null = null;
  private pendingAudio: MediaFrame[] = [];
  private reported_s = 0;
  private sentSamples = 0;
  private sentFrames = { audio: 0, motion: 0 };
  private wishes: Partial<SessionSettings> = {};
  sessionId = "";
  private refused = 0;
  private ready = false;

  constructor(url: string, openSocket: SocketFactory) {
    const handlers: ConnectionHandlers = {
      onLink: (link) => this.store.patch({ link, fault: linkFault(link) }),
      onEvent: (event) => this.take(event),
      onMedia: (frame) => this.takeMedia(frame),
      onReady: (event) => this.begin(event),
    };
    this.connection = new RealtimeConnection(url, handlers, openSocket);
  }

  connect(): void {
    this.connection.connect();
  }

  reconnect(): void {
    this.connection.retryNow();
  }

  close(): void {
    this.connection.close();
  }

  /** The speaker came up: before it, sound waits. */
  attach(playback: Playback): void {
    this.playback = playback;
    for (const frame of this.pendingAudio.splice(0)) this.play(frame);
    const reply = this.replies.current;
    if (reply?.complete) playback.command({ kind: "end", epoch: reply.epoch });
  }

  get heard(): number {
    return this.playback?.heardSample(this.mixer.replyEpoch) ?? -Infinity;
  }

  get isReady(): boolean {
    return this.ready && this.connection.isReady;
  }

  say(text: string): void {
    this.interrupt();
    const id = `typed_${performance.now()}`;
    const lines = addText(this.store.value.lines, { id, who: "user", text, origin: "typed" });
    this.store.patch({ lines, saw: "", notice: "" });
    this.connection.send(typedText(text));
    this.connection.send({ type: "response.create" });
  }

  /** Stop the reply that is coming or being heard. */
  interrupt(): void {
    const heard = this.heard;
    const reply = this.stopReply();
    if (!reply) return;
    if (!reply.complete) this.connection.send({ type: "response.cancel", response_id: reply.id });
    const audio_end_ms = (1000 * Math.max(0, heard)) / RATE_HZ;
    const item_id = reply.id.replace("resp_", "item_r");
    if (Number.isFinite(audio_end_ms)) {
      this.connection.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms });
    }
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
    if (this.connection.isReady) this.connection.update(settings);
  }

  /** A block of the microphone. */
  hear(samples: Float32Array): void {
    const { mode, talking } = this.store.value;
    if (!this.isReady || (mode === "push" && !talking)) return;
    const payload = floatsToPcm16(samples);
    const frame: MediaFrame = { type: MediaType.audio, epoch: 0, seq: this.sentFrames.audio++, sample: this.sentSamples, payload };
    this.sentSamples += samples.length;
    this.connection.sendMedia(frame);
    this.onMedia(frame, "out");
  }

  /** Samples of the user's head and hands; returns whether they are wanted now. */
  feel(payload: Uint8Array<ArrayBuffer>): boolean {
    const { mode, talking } = this.store.value;
    if (!this.isReady || (mode === "push" && !talking)) return false; // with the client's turns, input opens one
    const frame: MediaFrame = { type: MediaType.userMotion, epoch: 0, seq: this.sentFrames.motion++, sample: this.sentSamples, payload };
    this.connection.sendMedia(frame);
    this.onMedia(frame, "out");
    return true;
  }

  startTalking(): void {
    this.interrupt();
    this.store.patch({ talking: true, notice: "" });
  }

  stopTalking(): void {
    if (!this.store.value.talking) return;
    this.store.patch({ talking: false });
    this.connection.send({ type: "response.create" });
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
    this.replies = new Replies();
    this.pendingAudio = [];
    this.playback?.command({ kind: "reset" });
    this.mixer = new BodyMixer(RATE_HZ, motion.fps, new RelaxedBody(BONES));
    this.mouth = new MouthTrack(RATE_HZ / visemes.fps);
    this.sentSamples = 0;
    this.sentFrames = { audio: 0, motion: 0 };
    this.onSession();
    const { mode } = this.store.value;
    const turn_detection = mode === "open" ? OPEN_EAR : null;
    const media = { media: "binary", output_audio_rate: RATE_HZ, idle_motion: true } as const;
    const input_audio_format = { type: "pcm16", rate: RATE_HZ } as const;
    this.connection.update({ ...media, input_audio_format, turn_detection, ...this.wishes });
  }

  private take(event: ServerEvent): void {
    this.onEvent(event);
    switch (event.type) {
      case "session.created":
      case "session.updated":
        this.ready ||= event.type === "session.updated";
        this.refused = 0;
        this.store.patch({ persona: event.session.persona, model: event.session.model });
        return;
      case "input_audio_buffer.speech_started":
        this.stopReply();
        this.store.patch({ userSpeaking: true });
        return;
      case "input_audio_buffer.speech_stopped":
        this.store.patch({ userSpeaking: false });
        return;
      case "response.created":
        this.replies.begin(event.response.id, event.response.epoch);
        this.playback?.command({ kind: "begin", epoch: event.response.epoch });
        this.store.patch({ saw: "", userSpeaking: false });
        return;
      case "response.output_audio_transcript.delta": {
        const line = { id: this.lineId(event.response_id), who: "character", text: event.delta, origin: "said" } as const;
        this.store.patch({ lines: addText(this.store.value.lines, line) });
        return;
      }
      case "response.heard":
        this.store.patch({ lines: addHeard(this.store.value.lines, this.lineId(event.response_id), event.delta) });
        return;
      case "response.saw":
        this.store.patch({ saw: this.store.value.saw + event.delta });
        return;
      case "response.done":
        this.finish(event.response.id);
        this.store.patch({ last: event.response });
        return;
      case "avatar.state":
        this.store.patch({ avatarState: event.state });
        if (event.state === "idle" && this.refused === 1) this.connection.update(this.wishes);
        return;
      case "error":
        this.fault(event.error);
        return;
      case "session.resumed": // taken by the connection
      case "input_audio_buffer.committed":
      case "input_audio_buffer.cleared":
      case "conversation.item.added":
      case "conversation.item.truncated":
      case "response.output_audio.delta": // media are binary
      case "response.motion.delta":
      case "response.viseme.delta":
      case "avatar.motion.delta":
        return;
      default:
        assertNever(event);
    }
  }

  private finish(responseId: string): void {
    const reply = this.replies.current;
    if (reply?.id !== responseId) return;
    reply.complete = true;
    this.playback?.command({ kind: "end", epoch: reply.epoch });
  }

  private fault(error: ErrorBody): void {
    if (error.code === "response_cancel_not_active" || error.code === "item_not_found") return; // it had just ended
    if (error.code === "invalid_session" && this.refused++ === 0) return; // a turn was open: asked again when it is over
    this.store.patch({ notice: turnFault(error) });
  }

  private takeMedia(frame: MediaFrame): void {
    this.onMedia(frame, "in");
    if (frame.epoch !== 0 && !this.replies.wants(frame.epoch)) return;
    if (frame.type === MediaType.audio) this.play(frame);
    else if (frame.type === MediaType.visemes) this.mouth.push(frame.epoch, frame.sample, frame.payload);
    else if (frame.type === MediaType.motion) {
      const rows = payloadFloats(frame.payload, POSE_FLOATS);
      if (frame.epoch === 0) this.mixer.pushIdle(frame.sample, rows, performance.now() / 1000);
      else this.mixer.pushReply(frame.epoch, frame.sample, rows);
    }
  }

  private play(frame: MediaFrame): void {
    if (!this.playback) this.pendingAudio.push(frame);
    else this.playback.command({ kind: "samples", epoch: frame.epoch, samples: pcm16ToFloats(frame.payload) });
  }

  /** Responses are counted anew in every session, lines are not. */
  private lineId(responseId: string): string {
    return `${this.sessionId}/${responseId}`;
  }

  private stopReply(): ReturnType<Replies["cancel"]> {
    const reply = this.replies.current;
    if (!reply || (reply.complete && this.playback?.latest.finished)) return null;
    this.pendingAudio = [];
    this.playback?.command({ kind: "fade", epoch: reply.epoch });
    this.mixer.endReply(reply.epoch);
    return this.replies.cancel();
  }
}
