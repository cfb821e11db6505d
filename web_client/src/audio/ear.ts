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
    if (this.conversation.store.value.microphone === "asking") return;
    if (this.microphone) this.close("");
    else await this.open();
  }

  private async open(): Promise<void> {
    const { store } = this.conversation;
    store.patch({ microphone: "asking", notice: "" });
    try {
      this.microphone = await openMicrophone(this.rate_hz, {
        onBlock: (samples) => this.conversation.hear(samples),
        onEnded: () => this.close("The microphone is gone. Plug it in again, or type instead."),
      });
      store.patch({ microphone: "on" });
    } catch (error) {
      store.patch({ microphone: "blocked", notice: microphoneFault(error instanceof Error ? error.name : "unknown") });
    }
  }

  private close(notice: string): void {
    this.microphone?.close();
    this.microphone = null;
    this.conversation.stopTalking();
    this.conversation.store.patch({ microphone: "off", notice });
  }
}
