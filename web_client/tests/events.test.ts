import { describe, expect, test } from "vitest";
import { type ClientEvent, encodeClientEvent, typedText } from "../src/protocol/client_events";
import { parseServerEvent, REQUIRED } from "../src/protocol/server_events";
import { BONES } from "../src/protocol/bones";
import { VISEME_NAMES } from "../src/avatar/mouth";
import { readVectors } from "./vectors";

const server = readVectors<{ type: string }>("protocol/server_events.json");
const client = readVectors<{ name: string; text: string; meaning?: ClientEvent }>("protocol/client_events.json");

/** What is said besides, for stock OpenAI clients and for those that decode motion themselves: nothing new for this page. */
const SKIPPED = [
  "input_audio_buffer.timeout_triggered", "conversation.item.done", "conversation.item.retrieved", "conversation.items.dropped",
  "conversation.item.input_audio_transcription.delta", "conversation.item.input_audio_transcription.completed",
  "response.output_item.added", "response.output_item.done", "response.content_part.added", "response.content_part.done",
  "response.output_audio.done", "response.output_audio_transcript.done", "response.motion_codes.delta", "avatar.motion_codes.delta",
];

describe("server events", () => {
  test.each(server.vectors)("$type is kept whole, or skipped on purpose", (vector) => {
    expect(parseServerEvent(JSON.stringify(vector))).toEqual(SKIPPED.includes(vector.type) ? null : vector);
  });

  test("what is read and what is skipped are all that a server says", () => {
    const said = new Set(server.vectors.map((vector) => vector.type));
    expect([...Object.keys(REQUIRED), ...SKIPPED].toSorted()).toEqual([...said].toSorted());
  });

  test("the streams' orders are the ones this client is built on", () => {
    const created = server.vectors.map((v) => parseServerEvent(JSON.stringify(v))).find((e) => e?.type === "session.created");
    if (created?.type !== "session.created") throw new Error("no session.created among the vectors");
    expect(created.streams.motion.bones).toEqual(BONES);
    expect(created.streams.visemes.names).toEqual(VISEME_NAMES);
  });

  test("an event of a later version is skipped", () => {
    expect(parseServerEvent('{"type":"avatar.mood","mood":"glad"}')).toBeNull();
  });

  test.each([
    ["{", "invalid_json"],
    ["[]", "invalid_event"],
    ['{"type":7}', "invalid_event"],
    ['{"type":"avatar.state","state":null}', "invalid_event"],
    ['{"type":"response.heard"}', "invalid_event"],
  ])("%s is refused as %s", (text, code) => {
    expect(() => parseServerEvent(text)).toThrow(expect.objectContaining({ code }));
  });
});

describe("client events", () => {
  const sent: ClientEvent[] = [
    { type: "input_audio_buffer.append", audio: "AAEA" },
    { type: "input_audio_buffer.commit" },
    { type: "input_audio_buffer.clear" },
    { type: "input_motion_buffer.append", motion: "AAAA" },
    typedText("Grüß dich"),
    { type: "conversation.item.truncate", item_id: "item_r3", content_index: 0, audio_end_ms: 740 },
    { type: "response.create" },
    { type: "response.cancel", response_id: "resp_3" },
    { type: "output.playback", response_id: "resp_3", sample: 9600, underruns: 0 },
  ];

  test.each(sent)("$type is written as in the golden vectors", (event) => {
    const texts = client.vectors.map((vector) => vector.text);
    expect(texts).toContain(encodeClientEvent(event));
  });
});
