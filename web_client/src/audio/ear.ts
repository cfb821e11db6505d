/** Opens and closes the microphone for a conversation, and says what stands in the way. */

import type { Conversation } from "../session/conversation";
import { microphoneFault } from "../session/faults";
import { type Microphone, openMicrophone } from "./microphone";

export class Ear {
  private microphone: Microphone | null = null;

  constructor(
    private readonly conversation: Conversation,
    private readonly rate_hz: number,
  ) {}

  get isOpen(): boolean {
    return this.microphone !== null;
  }

  get level(): number {
    return this.microphone?.level ?? 0;
  }

  async toggle(): Promise<void> {
    const { store } = this.conversation;
    if (store.value.microphone === "asking") return;
    if (this.microphone) {
      this.microphone.close();
      this.microphone = null;
      store.patch({ microphone: "off", talking: false });
      return;
    }
    store.patch({ microphone: "asking", notice: "" });
    try {
      this.microphone = await openMicrophone(this.rate_hz, (samples) => this.conversation.hear(samples));
      store.patch({ microphone: "on" });
    } catch (error) {
      store.patch({ microphone: "blocked", notice: microphoneFault(error instanceof Error ? error.name : "unknown") });
    }
  }
}
