import { expect, test } from "vitest";
import { readPreferences } from "../src/ui/preferences";

const DEFAULTS = { theme: "auto", quality: "auto", volume: 0.9, captions: true, mode: "open", latency: false, mirror: false };

test.each([null, "", "not JSON", "[]", '"x"', '{"theme":7,"quality":"best","volume":-1,"mode":null,"latency":"yes"}'])(
  "stored %s gives the defaults",
  (stored) => {
    expect(readPreferences(stored, "")).toEqual(DEFAULTS);
  },
);

test("what was chosen is kept, and the address goes before it", () => {
  const stored = JSON.stringify({ ...DEFAULTS, theme: "dark", volume: 0, captions: false, mode: "push" });
  expect(readPreferences(stored, "")).toEqual({ ...DEFAULTS, theme: "dark", volume: 0, captions: false, mode: "push" });
  expect(readPreferences(stored, "?theme=light&mode=nonsense&mirror")).toMatchObject({ theme: "light", mode: "open", mirror: true });
});
