/** The reply that is going on: which epoch it has, what has come of it, how far it has been played. Pure. */

export interface Reply {
  id: string;
  epoch: number;
  /** All of it has come. */
  complete: boolean;
  cancelled: boolean;
}

export class Replies {
  current: Reply | null = null;
  private cancelledEpoch = 0;

  begin(id: string, epoch: number): Reply {
    this.current = { id, epoch, complete: false, cancelled: false };
    return this.current;
  }

  /** Whether media of an epoch are still wanted. */
  wants(epoch: number): boolean {
    return epoch > this.cancelledEpoch;
  }

  /** Nothing more of the current reply is wanted; returns it if there was something to stop. */
  cancel(): Reply | null {
    const reply = this.current;
    if (!reply || reply.cancelled) return null;
    reply.cancelled = true;
    this.cancelledEpoch = Math.max(this.cancelledEpoch, reply.epoch);
    return reply;
  }
}
