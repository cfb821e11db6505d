import { describe, expect, test } from "vitest";
import { BONES } from "../src/protocol/bones";
import { floatsToPcm16, type MediaTypeCode, NUM_VISEMES, packMedia, payloadFloats, pcm16ToFloats, POSE_FLOATS, unpackMedia } from "../src/protocol/media";
import { VISEME_NAMES } from "../src/avatar/mouth";
import { fromHex, readVectors, toHex } from "./vectors";

interface Meaning {
  type: MediaTypeCode;
  flags: number;
  epoch: number;
  seq: number;
  sample: number;
  length: number;
  pcm16?: number[];
  poses?: { hips: number[]; rotations: Record<string, number[]>; others: number[] }[];
  visemes?: Record<string, number>[];
}

interface Vector {
  name: string;
  hex: string;
  meaning?: Meaning | null;
  error?: string;
}

const { vectors } = readVectors<Vector>("protocol/media.json");

describe("media frames mean what the golden vectors say", () => {
  test.each(vectors.filter((v) => v.meaning))("$name", ({ hex, meaning }) => {
    const frame = unpackMedia(fromHex(hex));
    if (!frame || !meaning) throw new Error("a frame was expected");
    const { type, epoch, seq, sample, payload } = frame;
    const { length } = payload;
    expect({ type, epoch, seq, sample, length }).toEqual({
      type: meaning.type, epoch: meaning.epoch, seq: meaning.seq, sample: meaning.sample, length: meaning.length,
    });
    if (meaning.pcm16) {
      const floats = pcm16ToFloats(payload);
      expect([...floats]).toEqual(meaning.pcm16.map((x) => Math.fround(Math.max(-1, x / 32767))));
      expect(new Int16Array(floatsToPcm16(floats).buffer)[1]).toBe(meaning.pcm16[1]);
    }
    meaning.poses?.forEach((pose, row) => {
      const floats = payloadFloats(payload, POSE_FLOATS).subarray(row * POSE_FLOATS, (row + 1) * POSE_FLOATS);
      expect([...floats.subarray(0, 3)]).toEqual(pose.hips);
      BONES.forEach((bone, i) => {
        expect([...floats.subarray(3 + 4 * i, 7 + 4 * i)]).toEqual(pose.rotations[bone]?.map(Math.fround) ?? pose.others);
      });
    });
    meaning.visemes?.forEach((weights, row) => {
      const bytes = payload.subarray(row * NUM_VISEMES, (row + 1) * NUM_VISEMES);
      VISEME_NAMES.forEach((name, i) => expect((bytes[i] ?? 0) / 255).toBeCloseTo(weights[name] ?? 0, 6));
    });
    const isPlain = meaning.flags === 0; // we write the flags and the stream as 0
    if (isPlain) expect(toHex(packMedia(frame))).toBe(hex);
  });

  test.each(vectors.filter((v) => v.meaning === null))("$name: skipped", ({ hex }) => {
    expect(unpackMedia(fromHex(hex))).toBeNull();
  });

  test.each(vectors.filter((v) => v.error))("$name: refused", ({ hex, error }) => {
    expect(() => unpackMedia(fromHex(hex))).toThrow(expect.objectContaining({ code: error }));
  });

  test("half a sample and half a pose are refused", () => {
    expect(() => pcm16ToFloats(new Uint8Array(3))).toThrow(expect.objectContaining({ code: "invalid_audio" }));
    expect(() => payloadFloats(new Uint8Array(8), POSE_FLOATS)).toThrow(expect.objectContaining({ code: "invalid_motion" }));
  });
});
