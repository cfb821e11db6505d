/** What an event changes on the page. Pure: the state before, the event, the changes. */

import { assertNever, type ServerEvent } from "../protocol/server_events";
import type { PageState } from "./state";
import { addHeard, addText } from "./transcript";

const STOPPING = "The server is about to stop";

/** `lineId` makes a response's id unique beyond its session. */
export function changesOf(event: ServerEvent, state: PageState, lineId: (responseId: string) => string): Partial<PageState> {
  switch (event.type) {
    case "session.created":
      return { persona: event.session.persona, replying: false, ...(state.notice.startsWith(STOPPING) ? { notice: "" } : {}) };
    case "session.updated":
      return { persona: event.session.persona };
    case "response.created":
      return { saw: "", replying: true };
    case "response.output_audio_transcript.delta": {
      const line = { id: lineId(event.response_id), who: "character", text: event.delta, origin: "said" } as const;
      return { lines: addText(state.lines, line) };
    }
    case "response.heard":
      return { lines: addHeard(state.lines, lineId(event.response_id), event.delta) };
    case "response.saw":
      return { saw: state.saw + event.delta };
    case "response.done":
      return { last: event.response, replying: false };
    case "avatar.state":
      return { avatarState: event.state };
    case "server.draining":
      return { notice: `${STOPPING}; this conversation ends within ${Math.ceil(event.seconds)} s.` };
    case "session.resumed": // taken by the connection
    case "input_audio_buffer.speech_started": // taken by the conversation
    case "input_audio_buffer.speech_stopped":
    case "input_audio_buffer.committed":
    case "input_audio_buffer.cleared":
    case "conversation.item.added":
    case "conversation.item.truncated":
    case "response.does": // the avatar shows it
    case "response.output_audio.delta": // media are binary
    case "response.motion.delta":
    case "response.viseme.delta":
    case "avatar.motion.delta":
    case "user.motion.delta":
    case "error":
      return {};
    default:
      return assertNever(event);
  }
}
