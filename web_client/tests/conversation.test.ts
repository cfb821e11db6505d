import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type MediaFrame, MediaType, packMedia, POSE_FLOATS, unpackMedia } from "../src/protocol/media";
import { emptyPose } from "../src/avatar/pose";
import { Conversation } from "../src/session/conversation";
import { FakeSocket, hello, socket } from "./fake_socket";

const updated = { type: "session.updated", session: { persona: "ada", input_motion: null } };

/** The JSON messages that a socket was given, by type; media left out. */
function told(at: number): { type: string; session?: Record<string, unknown> }[] {
  return socket(at).sent.filter((x) => typeof x === "string").map((x) => JSON.parse(x as string) as { type: string });
}

function start(): Conversation {
  const conversation = new Conversation("ws://here/v1/realtime", (url) => new FakeSocket(url) as unknown as WebSocket);
  conversation.connect();
  return conversation;
}

describe("conversation", () => {
  beforeEach(() => {
    FakeSocket.all = [];
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("words typed before there is a session are not lost without a word", () => {
    const conversation = start();
    expect(conversation.say("hello")).toBe(false);
    expect(conversation.store.value).toMatchObject({ lines: [], notice: expect.stringContaining("Not connected") });
    socket(0).say(hello);
    expect(conversation.say("hello")).toBe(true);
    expect(told(0).map((event) => event.type)).toEqual(["session.update", "conversation.item.create", "response.create"]);
  });

  test("what was wished for is asked for again in every later session", () => {
    const conversation = start();
    socket(0).say(hello);
    conversation.wish({ persona: "tom", mirror: true });
    socket(0).cut();
    vi.advanceTimersByTime(200);
    socket(1).say({ type: "error", error: { type: "e", code: "resume_failed", message: "Gone.", event_id: null } });
    socket(1).cut(1008);
    vi.advanceTimersByTime(10);
    socket(2).say(hello);
    expect(told(2)[0]?.session).toMatchObject({ persona: "tom", mirror: true, media: "binary", idle_motion: true });
  });

  test("a full server is told once, above the page, and not again below when a place is free", () => {
    const conversation = start();
    socket(0).say({ type: "error", error: { type: "e", code: "session_limit_reached", message: "Full.", event_id: null, retry_after_s: 1 } });
    socket(0).cut(1013);
    expect(conversation.store.value.fault?.title).toBe("Every place is taken");
    vi.advanceTimersByTime(1100);
    socket(1).say(hello);
    expect(conversation.store.value).toMatchObject({ fault: null, notice: "" });
  });

  test("settings that a turn in progress refused are asked for once more when it is over, then the refusal is told", () => {
    const conversation = start();
    const refusal = { type: "error", error: { type: "e", code: "invalid_session", message: "A turn is open.", event_id: null } };
    socket(0).say(hello);
    conversation.wish({ persona: "tom" });
    socket(0).say(refusal);
    expect(conversation.store.value.notice).toBe("");
    socket(0).say({ type: "avatar.state", state: "idle" });
    expect(told(0).map((event) => event.session?.["persona"])).toEqual([undefined, "tom", "tom"]);
    socket(0).say(refusal);
    expect(conversation.store.value.notice).toBe("The server refused a setting. (A turn is open.)");
  });

  test("the microphone is sent once the session is agreed, and in hold-to-talk mode only while held", () => {
    const conversation = start();
    const block = new Float32Array(480);
    const frames = (): number => socket(0).sent.filter((x) => x instanceof ArrayBuffer).length;
    socket(0).say(hello);
    conversation.hear(block);
    expect(frames()).toBe(0);
    socket(0).say(updated);
    conversation.hear(block);
    conversation.setMode("push");
    conversation.hear(block);
    expect(frames()).toBe(1);
    conversation.startTalking();
    conversation.hear(block);
    conversation.stopTalking();
    conversation.hear(block);
    expect([frames(), conversation.sentSamples, told(0).at(-1)?.type]).toEqual([2, 960, "response.create"]);
    expect(unpackMedia(socket(0).sent.findLast((x) => x instanceof ArrayBuffer) as ArrayBuffer)).toMatchObject({ type: 1, seq: 1, sample: 480 });
  });

  test("Escape cancels a reply that is still coming, and drops what comes of it after that", () => {
    const conversation = start();
    const seen: MediaFrame[] = [];
    const pose = new Uint8Array(emptyPose().buffer);
    const motion = (epoch: number): ArrayBuffer => packMedia({ type: MediaType.motion, epoch, seq: 0, sample: 0, payload: pose });
    conversation.onMedia = (frame) => seen.push(frame);
    socket(0).say(hello);
    socket(0).say({ type: "response.created", response: { id: "resp_1", epoch: 1 } });
    conversation.interrupt();
    conversation.interrupt();
    socket(0).onmessage({ data: motion(1) });
    expect(told(0).map((event) => event.type)).toEqual(["session.update", "response.cancel", "conversation.item.truncate"]);
    expect([seen.length, conversation.mixer.replyEpoch]).toEqual([1, 0]);
    socket(0).say({ type: "response.created", response: { id: "resp_2", epoch: 2 } });
    socket(0).onmessage({ data: motion(2) });
    expect(conversation.mixer.replyEpoch).toBe(2);
  });

  test("the user's mirrored body has a clock of its own and leaves the character's alone", () => {
    const conversation = start();
    socket(0).say(hello);
    const payload = new Uint8Array(new Float32Array(30 * POSE_FLOATS).fill(0.5).buffer);
    socket(0).onmessage({ data: packMedia({ type: MediaType.userBody, epoch: 0, seq: 0, sample: 0, payload }) });
    const now_s = performance.now() / 1000;
    conversation.reflection.update(now_s + 0.5, -Infinity);
    conversation.mixer.update(now_s + 0.5, -Infinity);
    expect([conversation.reflection.source, conversation.mixer.source]).toEqual(["idle", "relaxed"]);
  });

  test("a page that is seen again does not wait for the next try, and comes back after it was let go", () => {
    const conversation = start();
    socket(0).cut();
    vi.advanceTimersByTime(200);
    socket(1).cut();
    conversation.wake();
    expect(FakeSocket.all).toHaveLength(3);
    socket(2).say(hello);
    conversation.wake();
    expect(FakeSocket.all).toHaveLength(3);
    socket(2).cut(1000);
    expect(conversation.store.value.link.kind).toBe("closed");
    conversation.wake();
    expect(FakeSocket.all).toHaveLength(4);
  });

  test("a page that is seen tells the server every ten seconds what it has", () => {
    const conversation = start();
    socket(0).say(hello);
    socket(0).say(updated);
    for (let now_s = 100; now_s < 125; now_s += 1) conversation.tick(now_s);
    expect(told(0).filter((event) => event.type === "output.playback")).toEqual([
      { type: "output.playback", received: 2 },
      { type: "output.playback", received: 2 },
      { type: "output.playback", received: 2 },
    ]);
  });
});
