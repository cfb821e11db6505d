/** One realtime session over however many sockets it takes: counts messages, resumes after a cut, reconnects. */

import { type ClientEvent, encodeClientEvent } from "./client_events";
import { CountedLog, type WireMessage } from "./counted_log";
import { type MediaFrame, packMedia, unpackMedia } from "./media";
import { parseServerEvent, ProtocolFault, type ServerEvent } from "./server_events";

export type LinkState =
  | { kind: "connecting"; attempt: number }
  | { kind: "open"; resumed: boolean }
  | { kind: "waiting"; attempt: number; retry_s: number; reason: string; code: string }
  | { kind: "closed"; reason: string; code: string };

export interface ConnectionHandlers {
  onLink(state: LinkState): void;
  onEvent(event: ServerEvent): void;
  onMedia(frame: MediaFrame): void;
  /** A new session stands (the first, or one after a resume that failed): media may be sent. */
  onReady(event: Extract<ServerEvent, { type: "session.created" }>): void;
}

export type SocketFactory = (url: string) => WebSocket;

const RETRY_S = [0.1, 1, 2, 4];
const LONGEST_RETRY_S = 4;
const CLOSES_FOR_GOOD = new Set([1002, 1008]);

export class RealtimeConnection {
  private socket: WebSocket | null = null;
  private sent = new CountedLog();
  private received = 0;
  private token: string | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastError = { code: "", message: "", retry_s: 0 };
  private isOpen = false;
  private isResuming = false;

  constructor(
    private readonly url: string,
    private readonly handlers: ConnectionHandlers,
    private readonly openSocket: SocketFactory,
  ) {}

  /** Messages received in this session, for `output.playback`; null where the server does not resume. */
  get receivedCount(): number | null {
    return this.token === null ? null : this.received;
  }

  get isReady(): boolean {
    return this.isOpen;
  }

  /** Whether what is sent now arrives, at once or after a cut. */
  get isReachable(): boolean {
    return this.isOpen || this.token !== null;
  }

  connect(): void {
    clearTimeout(this.timer);
    this.handlers.onLink({ kind: "connecting", attempt: this.attempt });
    const socket = this.openSocket(this.address());
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.isResuming = this.token !== null;
    socket.onmessage = (message: MessageEvent<WireMessage>) => {
      if (socket === this.socket) this.take(message.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.lost(event.code, event.reason);
    };
  }

  /** Say goodbye; the server keeps the session for a while, this client does not come back to it. */
  close(): void {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    this.isOpen = false;
    this.token = null;
    socket?.close(1000);
  }

  /** Try again at once instead of waiting. */
  retryNow(): void {
    if (!this.isOpen && this.socket === null) this.connect();
  }

  send(event: ClientEvent): void {
    this.transmit(encodeClientEvent(event));
  }

  sendMedia(frame: MediaFrame): void {
    this.transmit(packMedia(frame));
  }

  /** In a cut that may be resumed, messages are kept and sent later; without a session they go nowhere. */
  private transmit(message: WireMessage): void {
    if (!this.isReachable) return;
    this.sent.push(message);
    if (this.isOpen && this.socket?.readyState === WebSocket.OPEN) this.socket.send(message);
  }

  private address(): string {
    const url = new URL(this.url);
    url.searchParams.set("protocol", "1.0");
    if (this.token !== null) {
      url.searchParams.set("resume", this.token);
      url.searchParams.set("received", String(this.received));
    }
    return url.toString();
  }

  private take(data: WireMessage): void {
    try {
      if (typeof data === "string") this.takeText(data);
      else this.takeBinary(data);
    } catch (error) {
      if (!(error instanceof ProtocolFault)) throw error;
      console.error(`message of the server refused: ${error.code}: ${error.message}`);
    }
  }

  private takeBinary(data: ArrayBuffer): void {
    this.received += 1;
    const frame = unpackMedia(data);
    if (frame !== null) this.handlers.onMedia(frame);
  }

  private takeText(data: string): void {
    const event = parseServerEvent(data);
    if (event?.type === "session.resumed") {
      this.resumed(event.received);
      return;
    }
    this.received += 1;
    if (event === null) return;
    if (event.type === "session.created") this.begin(event);
    if (event.type === "error") {
      this.lastError = { code: event.error.code, message: event.error.message, retry_s: event.error.retry_after_s ?? 0 };
      if (event.error.code === "resume_failed") {
        this.token = null; // the next attempt starts a new session
        return;
      }
    }
    this.handlers.onEvent(event);
  }

  private begin(event: Extract<ServerEvent, { type: "session.created" }>): void {
    this.sent = new CountedLog();
    this.received = 1;
    this.token = event.resume?.token ?? null;
    this.opened(false);
    this.handlers.onReady(event);
  }

  private resumed(received: number): void {
    const missing = this.sent.after(received);
    if (missing === null) {
      this.token = null;
      this.socket?.close(1000);
      return;
    }
    for (const message of missing) this.socket?.send(message);
    this.sent.forget(received);
    this.opened(true);
  }

  private opened(resumed: boolean): void {
    this.attempt = 0;
    this.isOpen = true;
    this.isResuming = false;
    this.lastError = { code: "", message: "", retry_s: 0 };
    this.handlers.onLink({ kind: "open", resumed });
  }

  private lost(code: number, reason: string): void {
    this.isOpen = false;
    this.socket = null;
    const failedResume = this.isResuming && this.token === null;
    if (!failedResume && (CLOSES_FOR_GOOD.has(code) || code === 1000)) {
      this.token = null;
      const why = this.lastError.message || (code === 1000 ? "The conversation has ended." : reason);
      this.handlers.onLink({ kind: "closed", reason: why, code: this.lastError.code || String(code) });
      return;
    }
    const backoff_s = failedResume ? 0 : (RETRY_S[this.attempt] ?? LONGEST_RETRY_S);
    const retry_s = Math.max(backoff_s, this.lastError.retry_s);
    const told = this.lastError;
    this.lastError = { code: "", message: "", retry_s: 0 };
    this.attempt += 1;
    const why = told.message || "The server cannot be reached.";
    this.handlers.onLink({ kind: "waiting", attempt: this.attempt, retry_s, reason: why, code: told.code });
    this.timer = setTimeout(() => this.connect(), 1000 * retry_s);
  }
}
