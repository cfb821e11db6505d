/** WAV and npz as Python reads them. */

import { FINGER_FLOATS, TRACKER_FLOATS } from "../protocol/media";
import { type Entry, fields, join, zip } from "./zip";

const ascii = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A mono PCM16 WAV. */
export function wav(pcm16: Uint8Array, rate_hz: number): Uint8Array<ArrayBuffer> {
  const format = fields([16, 4], [1, 2], [1, 2], [rate_hz, 4], [2 * rate_hz, 4], [2, 2], [16, 2]);
  const body = [ascii("WAVEfmt "), format, ascii("data"), fields([pcm16.length, 4]), pcm16];
  return join([ascii("RIFF"), fields([36 + pcm16.length, 4]), ...body]);
}

export type ArrayType = "<f4" | "<f8" | "|b1" | "<U6";

/** One array as .npy, format version 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). */
export function npy(data: Uint8Array, type: ArrayType, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  return join([Uint8Array.of(0x93), ascii("NUMPY"), Uint8Array.of(1, 0), fields([padded.length, 2]), ascii(padded), data]);
}

/** Named arrays as .npz. */
export function npz(arrays: Record<string, Uint8Array<ArrayBuffer>>): Uint8Array<ArrayBuffer> {
  return zip(Object.entries(arrays).map(([name, data]): Entry => ({ name: `${name}.npy`, data })));
}

const TRACKERS = ["head", "left", "right"];

/** Samples as they were sent, and their times in seconds, as the three-point file that `solami talk --motion` takes. */
export function trackersNpz(samples: readonly Uint8Array[], times: readonly number[]): Uint8Array<ArrayBuffer> {
  const count = times.length;
  const part = (from: number, floats: number): Uint8Array<ArrayBuffer> => join(samples.map((sample) => sample.subarray(4 * from, 4 * (from + floats))));
  const arrays: Record<string, Uint8Array<ArrayBuffer>> = {};
  TRACKERS.forEach((name, device) => (arrays[name] = npy(part(8 * device, 7), "<f4", [count, 7])));
  const seen = TRACKERS.map((_, device) => new Float32Array(part(8 * device + 7, 1).buffer));
  const valid = Uint8Array.from({ length: 3 * count }, (_, i) => seen[i % 3]?.[Math.floor(i / 3)] ?? 0);
  const floats = (samples[0]?.length ?? 0) / 4;
  if (floats > TRACKER_FLOATS) arrays["fingers"] = npy(part(TRACKER_FLOATS, FINGER_FLOATS), "<f4", [count, FINGER_FLOATS / 4, 4]);
  const axes = new Uint8Array(Uint32Array.from("openxr", (character) => character.charCodeAt(0)).buffer);
  return npz({ ...arrays, t: npy(new Uint8Array(Float64Array.from(times).buffer), "<f8", [count]), valid: npy(valid, "|b1", [count, 3]), axes: npy(axes, "<U6", []) });
}
