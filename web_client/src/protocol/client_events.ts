/** The JSON messages a client sends; docs/protocol.md is their contract. */

export interface AudioFormat {
  type: "pcm16";
  rate: 16000 | 24000;
}

export interface TurnDetection {
  type: "server_vad";
  threshold: number;
  prefix_padding_ms: number;
  silence_duration_ms: number;
}

export interface InputMotion {
  fps: number;
  source: "full_body" | "three_points" | "three_points_and_fingers";
}

export interface Placement {
  distance_m: number;
  bearing_rad: number;
  facing_rad: number;
}

export interface SessionSettings {
  persona: string;
  seed: number;
  input_audio_format: AudioFormat | null;
  output_audio_rate: 16000 | 24000;
  media: "binary" | "base64";
  turn_detection: TurnDetection | null;
  input_motion: InputMotion | null;
  placement: Placement | null;
  idle_motion: boolean;
  mirror: boolean;
}

export interface UserMessage {
  type: "message";
  role: "user";
  content: { type: "input_text"; text: string }[];
}

export type ClientEvent =
  | { type: "session.update"; session: Partial<SessionSettings> }
  | { type: "input_audio_buffer.append"; audio: string }
  | { type: "input_audio_buffer.commit" }
  | { type: "input_audio_buffer.clear" }
  | { type: "input_motion_buffer.append"; motion: string }
  | { type: "conversation.item.create"; item: UserMessage }
  | { type: "conversation.item.truncate"; item_id: string; content_index: number; audio_end_ms: number }
  | { type: "response.create" }
  | { type: "response.cancel"; response_id?: string }
  | { type: "output.playback"; response_id: string; sample: number; underruns: number; received?: number }
  | { type: "output.playback"; received: number };

/** An event as the text of one message. */
export function encodeClientEvent(event: ClientEvent): string {
  return JSON.stringify(event);
}

/** A typed line of the user. */
export function typedText(text: string): ClientEvent {
  const content: UserMessage["content"] = [{ type: "input_text", text }];
  return { type: "conversation.item.create", item: { type: "message", role: "user", content } };
}
