/** What a side has sent and the other may not have taken: the half of a resume that lies with the sender. */

export type WireMessage = string | ArrayBuffer;

const MAX_BYTES = 8 << 20;

/** Counts every message sent in a session, and keeps the latest of them. */
export class CountedLog {
  private kept: WireMessage[] = [];
  private bytes = 0;
  private total = 0;

  get count(): number {
    return this.total;
  }

  push(message: WireMessage): void {
    this.total += 1;
    this.kept.push(message);
    this.bytes += sizeOf(message);
    while (this.bytes > MAX_BYTES) this.dropFirst();
  }

  /** Messages after the first `received`; null when some of them are no longer kept. */
  after(received: number): WireMessage[] | null {
    const missing = this.total - received;
    if (missing < 0 || missing > this.kept.length) return null;
    return missing === 0 ? [] : this.kept.slice(-missing);
  }

  /** The other side has taken the first `received` messages. */
  forget(received: number): void {
    while (this.kept.length > this.total - received && this.kept.length > 0) this.dropFirst();
  }

  private dropFirst(): void {
    const first = this.kept.shift();
    if (first !== undefined) this.bytes -= sizeOf(first);
  }
}

function sizeOf(message: WireMessage): number {
  return typeof message === "string" ? message.length : message.byteLength;
}
