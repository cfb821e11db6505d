/** Everything the page shows, as plain values. */

import type { LinkState } from "../protocol/connection";
import type { AvatarState, FinishedResponse } from "../protocol/server_events";

export interface Line {
  id: string;
  who: "user" | "character";
  text: string;
  /** The user's words as the character understood them, or as they were typed. */
  origin: "typed" | "heard" | "said";
}

export interface Fault {
  title: string;
  detail: string;
  /** What the button does; null: the message goes by itself. */
  action: "reconnect" | "reload" | null;
}

export interface Meter {
  lead_ms: number;
  underruns: number;
  played_s: number;
}

export type MicrophoneMode = "open" | "push";

export interface PageState {
  link: LinkState;
  avatarState: AvatarState;
  persona: string;
  lines: Line[];
  saw: string;
  fault: Fault | null;
  notice: string;
  microphone: "off" | "asking" | "on" | "blocked";
  mode: MicrophoneMode;
  talking: boolean;
  /** Words of an answer are still coming. */
  replying: boolean;
  last: FinishedResponse | null;
  meter: Meter;
}

export const START: PageState = {
  link: { kind: "connecting", attempt: 0 },
  avatarState: "idle",
  persona: "",
  lines: [],
  saw: "",
  fault: null,
  notice: "",
  microphone: "off",
  mode: "open",
  talking: false,
  replying: false,
  last: null,
  meter: { lead_ms: 0, underruns: 0, played_s: 0 },
};
