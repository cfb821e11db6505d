/** What went wrong, in words for the person at the screen. */

import type { LinkState } from "../protocol/connection";
import type { ErrorBody } from "../protocol/server_events";
import type { Fault } from "./state";

/** A fault that stands until the connection is back; null while all is well. */
export function linkFault(link: LinkState): Fault | null {
  switch (link.kind) {
    case "open":
      return null;
    case "connecting":
      return link.attempt > 0 ? { title: "Reconnecting", detail: "Trying to reach the server again.", action: null } : null;
    case "waiting": {
      const detail = `${link.reason} Next try in ${Math.max(1, Math.round(link.retry_s))} s.`;
      return { title: "Connection lost", detail, action: "reconnect" };
    }
    case "closed":
      return { title: closedTitle(link.code), detail: closedDetail(link.code, link.reason), action: closedAction(link.code) };
  }
}

function closedTitle(code: string): string {
  if (code === "1000") return "The conversation has ended";
  if (code === "invalid_api_key") return "This server needs a key";
  return "The server refused the connection";
}

function closedDetail(code: string, reason: string): string {
  if (code === "invalid_api_key") return "Add #key=... with the key to the end of this page's address, then reload.";
  return reason || "The server closed the connection.";
}

function closedAction(code: string): Fault["action"] {
  return code === "invalid_api_key" || code === "1002" || code === "unsupported_protocol" ? "reload" : "reconnect";
}

/** One sentence for an error of a turn. */
export function turnFault(error: ErrorBody): string {
  switch (error.code) {
    case "response_without_input":
      return "Nothing was heard. Hold the button while you speak, or type.";
    case "internal_error":
      return "Something went wrong on the server; please say that again.";
    case "context_full":
      return "This conversation grew too long and starts anew.";
    default:
      return error.message;
  }
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
