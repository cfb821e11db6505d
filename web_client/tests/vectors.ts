/** The golden vectors that Python, C# and TypeScript share. */

import { readFileSync } from "node:fs";

export interface VectorFile<T> {
  protocol?: string;
  vectors: T[];
}

export function readVectors<T>(path: string): VectorFile<T> {
  return JSON.parse(readFileSync(new URL(`../../tests/vectors/${path}`, import.meta.url), "utf8")) as VectorFile<T>;
}

export function fromHex(hex: string): ArrayBuffer {
  const bytes = new Uint8Array(hex.length / 2);
  bytes.forEach((_, i) => (bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)));
  return bytes.buffer;
}

export function toHex(message: ArrayBuffer): string {
  return [...new Uint8Array(message)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
