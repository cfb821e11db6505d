/** The binary half of the protocol: 24 bytes of header, then the payload; everything little-endian. */

import { ProtocolFault } from "./server_events";

export const HEADER_BYTES = 24;
export const POSE_FLOATS = 223;
export const TRACKER_FLOATS = 24; // head, left, right: xyz, quaternion xyzw, tracked
export const FINGER_FLOATS = 120; // quaternions of the 30 finger bones that end a pose; zeros where not seen
export const NUM_VISEMES = 15;

/** 6 comes only to clients that decode motion themselves; this one never asks for it. */
export const MediaType = { audio: 1, motion: 2, visemes: 3, userMotion: 4, motionCodes: 6, userBody: 7 } as const;
export type MediaTypeCode = (typeof MediaType)[keyof typeof MediaType];

export interface MediaFrame {
  type: MediaTypeCode;
  epoch: number;
  seq: number;
  sample: number;
  payload: Uint8Array<ArrayBuffer>;
}

const KNOWN = new Set<number>(Object.values(MediaType));

/** One binary message; null for a type this version does not know. Throws ProtocolFault where lengths do not fit. */
export function unpackMedia(message: ArrayBuffer): MediaFrame | null {
  if (message.byteLength < HEADER_BYTES) {
    throw new ProtocolFault("truncated_frame", `A frame has ${HEADER_BYTES} header bytes, got ${message.byteLength}.`);
  }
  const view = new DataView(message);
  const size = view.getUint32(20, true);
  if (size !== message.byteLength - HEADER_BYTES) {
    throw new ProtocolFault("truncated_frame", `The header says ${size} bytes, got ${message.byteLength - HEADER_BYTES}.`);
  }
  const type = view.getUint8(0);
  if (!KNOWN.has(type)) return null;
  return {
    type: type as MediaTypeCode,
    epoch: view.getUint32(4, true),
    seq: view.getUint32(8, true),
    sample: view.getUint32(16, true) * 2 ** 32 + view.getUint32(12, true),
    payload: new Uint8Array(message, HEADER_BYTES),
  };
}

/** One binary message from a frame. */
export function packMedia(frame: MediaFrame): ArrayBuffer {
  const message = new ArrayBuffer(HEADER_BYTES + frame.payload.byteLength);
  const view = new DataView(message);
  view.setUint8(0, frame.type);
  view.setUint32(4, frame.epoch, true);
  view.setUint32(8, frame.seq, true);
  view.setUint32(12, frame.sample % 2 ** 32, true);
  view.setUint32(16, Math.floor(frame.sample / 2 ** 32), true);
  view.setUint32(20, frame.payload.byteLength, true);
  new Uint8Array(message, HEADER_BYTES).set(frame.payload);
  return message;
}

/** PCM16 to samples in [-1, 1]. */
export function pcm16ToFloats(payload: Uint8Array): Float32Array<ArrayBuffer> {
  if (payload.byteLength % 2) throw new ProtocolFault("invalid_audio", `Odd PCM16 length ${payload.byteLength}.`);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const samples = new Float32Array(payload.byteLength / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-1, view.getInt16(2 * i, true) / 32767);
  return samples;
}

/** Samples to PCM16; louder ones than 1 are clipped. */
export function floatsToPcm16(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(2 * samples.length);
  const view = new DataView(payload.buffer);
  samples.forEach((x, i) => view.setInt16(2 * i, Math.round(Math.min(1, Math.max(-1, x)) * 32767), true));
  return payload;
}

/** Float32 values of a payload; a copy, because payloads need not be aligned. */
export function payloadFloats(payload: Uint8Array, row: number): Float32Array<ArrayBuffer> {
  if (payload.byteLength % (4 * row)) {
    throw new ProtocolFault("invalid_motion", `Rows of ${row} floats expected, got ${payload.byteLength} bytes.`);
  }
  return new Float32Array(payload.slice().buffer);
}

/** Base64 text to bytes. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
