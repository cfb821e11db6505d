/** When each of the user's turns began and ended, on the clock of the user's audio, told by the events of a session. Pure. */

import type { ClientEvent } from "../protocol/client_events";
import type { ServerEvent } from "../protocol/server_events";

/** `server_vad` sends a turn with this much of what was before the voice. */
const PADDING_S = 0.3;

export interface UserTurn {
  begin_s: number;
  end_s: number;
  /** Typed words, where the turn has them in place of sound. */
  text: string;
}

export class UserTurns {
  readonly turns: UserTurn[] = [];
  private spoken_s: number | null = null;
  private typed = "";
  private last_s: number;

  /** `begun_s`: where the user's audio is as the recording begins. */
  constructor(begun_s: number) {
    this.last_s = begun_s;
  }

  /** An event of either side; `audio_s` is how much audio the user has sent. */
  take(event: ServerEvent | ClientEvent, audio_s: number): void {
    if (event.type === "input_audio_buffer.speech_started") this.spoken_s = event.audio_start_ms / 1000 - PADDING_S;
    else if (event.type === "input_audio_buffer.speech_stopped") this.end(event.audio_end_ms / 1000);
    else if (event.type === "conversation.item.create") this.typed = event.item.content.map((part) => part.text).join(" ");
    else if (event.type === "response.create") this.end(audio_s);
  }

  private end(at_s: number): void {
    const begin_s = Math.max(this.last_s, this.spoken_s ?? this.last_s);
    this.turns.push({ begin_s, end_s: at_s, text: this.typed });
    this.last_s = at_s;
    this.spoken_s = null;
    this.typed = "";
  }
}
