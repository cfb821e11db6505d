/** What the person chose before, kept in this browser alone. */

import type { QualityChoice } from "../scene/stage";
import type { MicrophoneMode } from "../session/state";

export type ThemeChoice = "auto" | "light" | "dark";

export interface Preferences {
  theme: ThemeChoice;
  quality: QualityChoice;
  volume: number;
  captions: boolean;
  mode: MicrophoneMode;
  latency: boolean;
}

const KEY = "solami.preferences";
const DEFAULTS: Preferences = { theme: "auto", quality: "auto", volume: 0.9, captions: true, mode: "open", latency: false };

/** Stored choices, overridden by the address: ?theme=dark&quality=lowest&mode=push&latency=1. */
export function readPreferences(search: string): Preferences {
  const stored = parse(localStorage.getItem(KEY));
  const query = new URLSearchParams(search);
  const preferences = { ...DEFAULTS, ...stored };
  pick(query.get("theme"), ["auto", "light", "dark"] as const, (value) => (preferences.theme = value));
  pick(query.get("quality"), ["auto", "lowest", "low", "medium", "high"] as const, (value) => (preferences.quality = value));
  pick(query.get("mode"), ["open", "push"] as const, (value) => (preferences.mode = value));
  if (query.has("latency")) preferences.latency = true;
  return preferences;
}

export function savePreferences(preferences: Preferences): void {
  localStorage.setItem(KEY, JSON.stringify(preferences));
}

function parse(text: string | null): Partial<Preferences> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Partial<Preferences>) : {};
  } catch {
    return {}; // written by something else: the defaults hold
  }
}

function pick<T extends string>(value: string | null, allowed: readonly T[], take: (value: T) => void): void {
  const found = allowed.find((choice) => choice === value);
  if (found !== undefined) take(found);
}
