/** The JSON messages a server sends, as one discriminated union. What this version does not know is skipped. */

import type { SessionSettings } from "./client_events";

export interface SessionInfo extends SessionSettings {
  id: string;
  model: string;
}

export interface MotionStream {
  bones: string[];
  pose_floats: number;
  fps: number;
}

export interface Streams {
  motion: MotionStream;
  visemes: { names: string[]; fps: number };
}

export interface BudgetRow {
  stage: string;
  planned_ms: number;
  spent_ms: number;
}

export type ResponseStatus = "completed" | "incomplete" | "cancelled" | "failed";
export type AvatarState = "idle" | "listening" | "thinking" | "speaking" | "interrupted";

export interface FinishedResponse {
  id: string;
  status: ResponseStatus;
  response_latency_ms: number | null;
  first_audio_ms: number | null;
  first_motion_ms: number | null;
  rtf: number | null;
  audio_samples: number;
  motion_frames: number;
  budget: BudgetRow[];
}

export interface ErrorBody {
  type: string;
  code: string;
  message: string;
  event_id: string | null;
  retry_after_s?: number;
}

export interface Resume {
  token: string;
  seconds: number;
}

interface ResponsePart {
  response_id: string;
  item_id: string;
  delta: string;
}

export type ServerEvent =
  | { type: "session.created"; session: SessionInfo; protocol: { capabilities: string[] }; streams: Streams; resume?: Resume }
  | { type: "session.updated"; session: SessionInfo }
  | { type: "session.resumed"; session: SessionInfo; received: number; replayed: number }
  | { type: "input_audio_buffer.speech_started"; audio_start_ms: number }
  | { type: "input_audio_buffer.speech_stopped"; audio_end_ms: number }
  | { type: "input_audio_buffer.committed"; item_id: string }
  | { type: "input_audio_buffer.cleared" }
  | { type: "conversation.item.added"; item: { id: string } }
  | { type: "conversation.item.truncated"; item_id: string; audio_end_ms: number }
  | { type: "response.created"; response: { id: string; epoch: number } }
  | ({ type: "response.output_audio_transcript.delta" } & ResponsePart)
  | ({ type: "response.heard" } & ResponsePart)
  | ({ type: "response.saw" } & ResponsePart)
  | ({ type: "response.does" } & ResponsePart)
  | ({ type: "response.output_audio.delta"; sample: number } & ResponsePart)
  | ({ type: "response.motion.delta"; sample: number } & ResponsePart)
  | ({ type: "response.viseme.delta"; sample: number } & ResponsePart)
  | { type: "avatar.motion.delta"; delta: string; sample: number }
  | { type: "user.motion.delta"; delta: string; sample: number }
  | { type: "avatar.state"; state: AvatarState }
  | { type: "response.done"; response: FinishedResponse }
  | { type: "server.draining"; seconds: number }
  | { type: "error"; error: ErrorBody };

export type ServerEventType = ServerEvent["type"];

/**
 * Which keys an event must have, with the JavaScript type of each: a server is trusted in values, not in shape.
 * What the server says for stock OpenAI clients besides carries nothing new for us and is skipped like the unknown.
 */
export const REQUIRED: { [K in ServerEventType]: Record<string, "object" | "string" | "number"> } = {
  "session.created": { session: "object", protocol: "object", streams: "object" },
  "session.updated": { session: "object" },
  "session.resumed": { received: "number", replayed: "number" },
  "input_audio_buffer.speech_started": { audio_start_ms: "number" },
  "input_audio_buffer.speech_stopped": { audio_end_ms: "number" },
  "input_audio_buffer.committed": { item_id: "string" },
  "input_audio_buffer.cleared": {},
  "conversation.item.added": { item: "object" },
  "conversation.item.truncated": { item_id: "string", audio_end_ms: "number" },
  "response.created": { response: "object" },
  "response.output_audio_transcript.delta": { delta: "string" },
  "response.heard": { delta: "string" },
  "response.saw": { delta: "string" },
  "response.does": { delta: "string" },
  "response.output_audio.delta": { delta: "string", sample: "number" },
  "response.motion.delta": { delta: "string", sample: "number" },
  "response.viseme.delta": { delta: "string", sample: "number" },
  "avatar.motion.delta": { delta: "string", sample: "number" },
  "user.motion.delta": { delta: "string", sample: "number" },
  "avatar.state": { state: "string" },
  "response.done": { response: "object" },
  "server.draining": { seconds: "number" },
  error: { error: "object" },
};

export class ProtocolFault extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** One text message; null for an event that this version does not know. Throws ProtocolFault for anything else. */
export function parseServerEvent(text: string): ServerEvent | null {
  const value = parseObject(text);
  const { type } = value;
  if (typeof type !== "string") throw new ProtocolFault("invalid_event", "An event has a string `type`.");
  if (!isKnown(type)) return null;
  for (const [key, kind] of Object.entries(REQUIRED[type])) {
    const found = value[key];
    if (typeof found !== kind || found === null) {
      throw new ProtocolFault("invalid_event", `${type}: ${key} must be ${kind}, got ${JSON.stringify(found)}.`);
    }
  }
  return value as unknown as ServerEvent;
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolFault("invalid_json", "A text message must be one JSON object.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolFault("invalid_event", "An event is a JSON object.");
  }
  return value as Record<string, unknown>;
}

function isKnown(type: string): type is ServerEventType {
  return Object.hasOwn(REQUIRED, type);
}

/** For the end of a switch over a union: adding a member without a case does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
