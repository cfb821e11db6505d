/** Reads avatars one after another: who was asked for last is worn, and what cannot be worn is told in a sentence. */

import { readAvatar } from "./load";
import type { Humanoid } from "./humanoid";

export class Wardrobe {
  private asked = 0;

  constructor(
    private readonly onWear: (body: Humanoid) => void,
    private readonly onFault: (error: unknown) => void,
  ) {}

  async wear(bytes: Promise<ArrayBuffer>, title: string): Promise<void> {
    const turn = ++this.asked;
    try {
      const body = await readAvatar(await bytes, title);
      if (turn === this.asked) this.onWear(body);
      else body.dispose();
    } catch (error) {
      this.onFault(error instanceof Error ? new Error(`${title}: ${error.message}`) : error);
    }
  }

  /** What was asked for is not wanted any more. */
  leave(): void {
    this.asked += 1;
  }
}
