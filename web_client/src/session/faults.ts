/** What went wrong, in words for the person at the screen. Every code of the protocol has its own. */

import type { LinkState } from "../protocol/connection";
import type { ErrorBody } from "../protocol/server_events";
import type { Fault } from "./state";

/** The server did not take what this page sent: a fault of the page, or of two versions that do not fit. */
const MISFIT = "The page and the server do not understand each other; reload the page.";
const UNHEARD = "Nothing was heard. Hold the button while you speak, or type.";
const OVER = "That reply was over already.";

/** Codes of a session that goes on. */
const NOTICES = {
  invalid_json: MISFIT,
  unknown_event: MISFIT,
  unsupported_event: MISFIT,
  invalid_event: MISFIT,
  unsupported_setting: MISFIT,
  invalid_session: "The server refused a setting.",
  invalid_audio: MISFIT,
  invalid_motion: MISFIT,
  invalid_frame: MISFIT,
  truncated_frame: MISFIT,
  audio_not_declared: MISFIT,
  motion_not_declared: "This character does not see headset and hands. You can talk, or type.",
  input_audio_buffer_commit_empty: UNHEARD,
  response_without_input: UNHEARD,
  response_cancel_not_active: OVER,
  item_not_found: OVER,
  input_overflow: "That was more than the server can take at once; wait a moment, then go on.",
  invalid_input: "The character could not take that in; please try it another way.",
  context_full: "There was no room left for this turn; please say that again.",
  internal_error: "Something went wrong on the server; please say that again.",
  worker_restarted: "The character had to be started again in the middle of this turn; please say that again.",
} as const;

/** Codes of a connection that the server closes. */
const REFUSALS = {
  session_limit_reached: { title: "Every place is taken", action: "reconnect" },
  not_ready: { title: "The server is not ready", action: "reconnect" },
  resume_failed: { title: "A new conversation begins", action: "reconnect" },
  invalid_api_key: { title: "This server needs a key", action: "reload" },
  origin_not_allowed: { title: "This page may not use that server", action: "reconnect" },
  unsupported_protocol: { title: "The server speaks another version", action: "reload" },
} as const;

export const ERROR_CODES = [...Object.keys(NOTICES), ...Object.keys(REFUSALS)];

/** A fault that stands until the connection is back; null while all is well. */
export function linkFault(link: LinkState): Fault | null {
  switch (link.kind) {
    case "open":
      return null;
    case "connecting":
      return link.attempt > 0 ? { title: "Reconnecting", detail: "Trying to reach the server again.", action: null } : null;
    case "waiting": {
      const detail = `${link.reason} Next try in ${Math.max(1, Math.round(link.retry_s))} s.`;
      return { title: refusal(link.code)?.title ?? "Connection lost", detail, action: "reconnect" };
    }
    case "closed": {
      const title = link.code === "1000" ? "The conversation has ended" : "The server refused the connection";
      const action = link.code === "1002" ? "reload" : "reconnect";
      return { title, action, ...refusal(link.code), detail: closedDetail(link.code, link.reason) };
    }
  }
}

function refusal(code: string): (typeof REFUSALS)[keyof typeof REFUSALS] | undefined {
  return Object.hasOwn(REFUSALS, code) ? REFUSALS[code as keyof typeof REFUSALS] : undefined;
}

function closedDetail(code: string, reason: string): string {
  if (code === "invalid_api_key") return "Add #key=... with the key to the end of this page's address, then reload.";
  return reason || "The server closed the connection.";
}

/** One sentence for an error of a turn; where the page's own does not say all, the server's follows. */
export function turnFault(error: ErrorBody): string {
  if (!Object.hasOwn(NOTICES, error.code)) return error.message;
  const text = NOTICES[error.code as keyof typeof NOTICES];
  return text === MISFIT || error.code === "invalid_session" ? `${text} (${error.message})` : text;
}

/** Why there is no microphone, from the name of the exception that getUserMedia threw. */
export function microphoneFault(name: string): string {
  switch (name) {
    case "NotAllowedError":
      return "The microphone is blocked. Allow it in the browser's address bar, or type instead.";
    case "NotFoundError":
      return "No microphone was found. Plug one in, or type instead.";
    case "NotReadableError":
      return "Another program is using the microphone.";
    case "TypeError":
      return "Browsers give the microphone only to https pages and to this machine itself. You can type.";
    default:
      return `The microphone could not be opened (${name}). You can type.`;
  }
}
