import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RealtimeConnection, type LinkState } from "../src/protocol/connection";
import type { ServerEvent } from "../src/protocol/server_events";
import { FakeSocket, hello, socket } from "./fake_socket";

function open(): { connection: RealtimeConnection; links: LinkState[]; events: ServerEvent[]; ready: number[] } {
  const links: LinkState[] = [];
  const events: ServerEvent[] = [];
  const ready: number[] = [];
  const handlers = { onLink: (l: LinkState) => links.push(l), onEvent: (e: ServerEvent) => events.push(e), onMedia: () => undefined, onReady: () => ready.push(1) };
  const connection = new RealtimeConnection("ws://here/v1/realtime", handlers, (url) => new FakeSocket(url) as unknown as WebSocket);
  connection.connect();
  return { connection, links, events, ready };
}

describe("connection", () => {
  beforeEach(() => {
    FakeSocket.all = [];
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("after a cut it comes back with its token and count, and sends again what the server lacks", () => {
    const { connection, links, ready } = open();
    socket(0).say(hello);
    socket(0).say({ type: "avatar.state", state: "idle" });
    connection.send({ type: "response.create" });
    socket(0).cut();
    connection.send({ type: "input_audio_buffer.commit" });
    vi.advanceTimersByTime(600);
    const { searchParams } = new URL(socket(1).url);
    expect([searchParams.get("resume"), searchParams.get("received")]).toEqual(["T", "2"]);
    socket(1).say({ type: "session.resumed", session: {}, received: 0, replayed: 1 });
    expect(socket(1).sent).toEqual(['{"type":"response.create"}', '{"type":"input_audio_buffer.commit"}']);
    socket(1).say({ type: "avatar.state", state: "listening" });
    expect(connection.receivedCount).toBe(3);
    expect(links.at(-1)).toEqual({ kind: "open", resumed: true });
    expect(ready).toHaveLength(1);
  });

  test("what is sent before there is a session, or after goodbye, goes nowhere and says so", () => {
    const { connection } = open();
    expect(connection.isReachable).toBe(false);
    connection.send({ type: "response.create" });
    socket(0).say(hello);
    expect([connection.isReachable, socket(0).sent]).toEqual([true, []]);
    socket(0).cut();
    expect(connection.isReachable).toBe(true);
    connection.close();
    expect(connection.isReachable).toBe(false);
  });

  test("when the session is gone it starts a new one at once, without asking", () => {
    const { connection, links, ready } = open();
    socket(0).say(hello);
    socket(0).cut();
    vi.advanceTimersByTime(600);
    socket(1).say({ type: "error", error: { type: "e", code: "resume_failed", message: "Gone.", event_id: null } });
    socket(1).cut(1008);
    vi.advanceTimersByTime(10);
    expect(new URL(socket(2).url).searchParams.has("resume")).toBe(false);
    socket(2).say(hello);
    expect([ready.length, links.at(-1)?.kind, connection.receivedCount]).toEqual([2, "open", 1]);
  });

  test("a full server is tried again when it says, a refused key never", () => {
    const { links } = open();
    socket(0).say({ type: "error", error: { type: "e", code: "session_limit_reached", message: "Full.", event_id: null, retry_after_s: 5 } });
    socket(0).cut(1013);
    expect(links.at(-1)).toMatchObject({ kind: "waiting", retry_s: 5, reason: "Full.", code: "session_limit_reached" });
    vi.advanceTimersByTime(5100);
    socket(1).say({ type: "error", error: { type: "e", code: "invalid_api_key", message: "Key.", event_id: null } });
    socket(1).cut(1008);
    vi.advanceTimersByTime(60_000);
    expect(links.at(-1)).toEqual({ kind: "closed", reason: "Key.", code: "invalid_api_key" });
    expect(FakeSocket.all).toHaveLength(2);
  });

  test("tries at once, then waits longer after every failure, up to four seconds", () => {
    const { links } = open();
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      socket(-1).cut();
      const link = links.at(-1);
      if (link?.kind === "waiting") waits.push(link.retry_s);
      vi.advanceTimersByTime(8001);
    }
    expect(waits).toEqual([0.1, 1, 2, 4, 4, 4, 4]);
  });
});
