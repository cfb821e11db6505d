/** Starts and ends recordings of a conversation; one that is full, or whose session is over, is handed over by itself. */

import type { Conversation } from "../session/conversation";
import { Recorder } from "./recorder";

export class Tape {
  private recorder: Recorder | null = null;

  constructor(
    private readonly conversation: Conversation,
    private readonly rate_hz: number,
    /** A recording began, or ended with these bytes. */
    private readonly onChange: (finished: Uint8Array<ArrayBuffer> | null) => void,
  ) {}

  get isRunning(): boolean {
    return this.recorder !== null;
  }

  toggle(): void {
    if (this.recorder) this.stop();
    else this.start();
  }

  private start(): void {
    const { conversation } = this;
    const { persona } = conversation.store.value;
    const session = { persona, sentSamples: conversation.sentSamples, hasFingers: conversation.takesFingers };
    const recorder = new Recorder(this.rate_hz, session);
    this.recorder = recorder;
    conversation.onMedia = (frame, direction) => {
      recorder.media(frame, direction);
      if (recorder.isFull) this.stop();
    };
    conversation.onEvent = (event, direction) => {
      if (event.type === "session.created") this.stop(); // its clock begins anew
      else recorder.event(event, direction);
    };
    this.onChange(null);
  }

  private stop(): void {
    const bytes = this.recorder?.finish();
    this.recorder = null;
    this.conversation.onMedia = this.conversation.onEvent = () => undefined;
    if (bytes) this.onChange(bytes);
  }
}
