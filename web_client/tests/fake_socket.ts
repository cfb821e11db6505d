/** A WebSocket without a network: what was sent is kept, what the server says is said by the test. */

import { readVectors } from "./vectors";

export class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 1;
  binaryType = "";
  sent: unknown[] = [];
  onmessage: (message: { data: unknown }) => void = () => undefined;
  onclose: (event: { code: number; reason: string }) => void = () => undefined;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(data: unknown): void {
    this.sent.push(data);
  }
  close(code: number): void {
    this.cut(code);
  }
  cut(code = 1006): void {
    this.readyState = 3;
    this.onclose({ code, reason: "" });
  }
  say(event: object): void {
    this.onmessage({ data: JSON.stringify(event) });
  }
}

/** The socket that was opened as the `at`-th. */
export function socket(at: number): FakeSocket {
  const found = FakeSocket.all.at(at);
  if (!found) throw new Error("no such socket");
  return found;
}

const created = readVectors<{ type: string }>("protocol/server_events.json").vectors.find((v) => v.type === "session.created") as object;
/** The first message of a session that can be resumed. */
export const hello = { ...created, resume: { token: "T", seconds: 60 } };
