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
  /** In VR, the body that is made of headset and hands is shown. */
  mirror: boolean;
}

const KEY = "solami.preferences";
const THEMES = ["auto", "light", "dark"] as const;
const QUALITIES = ["auto", "lowest", "low", "medium", "high"] as const;
const MODES = ["open", "push"] as const;

/** Stored choices, overridden by the address: ?theme=dark&quality=lowest&mode=push&latency&mirror. */
export function readPreferences(stored: string | null, search: string): Preferences {
  const old = parse(stored);
  const query = new URLSearchParams(search);
  const chosen = (name: string): unknown => query.get(name) ?? old[name];
  const { volume, captions } = old;
  return {
    theme: oneOf(chosen("theme"), THEMES, "auto"),
    quality: oneOf(chosen("quality"), QUALITIES, "auto"),
    mode: oneOf(chosen("mode"), MODES, "open"),
    volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : 0.9,
    captions: captions !== false,
    latency: query.has("latency") || old["latency"] === true,
    mirror: query.has("mirror") || old["mirror"] === true,
  };
}

/** Null where there are none, or where the browser keeps nothing for this page. */
export function loadPreferences(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is blocked: the defaults hold
  }
}

export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    return; // storage is blocked or full: the choice holds for this visit
  }
}

function parse(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // written by something else: the defaults hold
  }
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], fallback: T): T {
  return allowed.find((choice) => choice === value) ?? fallback;
}
