import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { trackersNpz, wav } from "../src/record/formats";
import { Recorder } from "../src/record/recorder";
import { crc32 } from "../src/record/zip";

const python = process.env["SOLAMI_PYTHON"] ?? resolve(import.meta.dirname, "../../.venv/bin/python");

/** What Python prints about a file. */
function ask(program: string, data: Uint8Array, name: string): unknown {
  const path = join(mkdtempSync(join(tmpdir(), "solami-record-")), name);
  writeFileSync(path, data);
  return JSON.parse(execFileSync(python, ["-c", program, path], { cwd: resolve(import.meta.dirname, "../.."), encoding: "utf8" }));
}

describe.skipIf(!existsSync(python))("recorded files, read by Python", () => {
  test("three points are the file that `solami talk --motion` takes", () => {
    const samples = Float32Array.from({ length: 24 * 4 }, (_, i) => [0.25, 1.6, 0, 0, 0, 0, 1, i < 72 ? 1 : 0][i % 8] ?? 0);
    const program = `import json, sys; from pathlib import Path; from solami.body.trackers import is_tracker_file, read_trackers
path = Path(sys.argv[1]); chunk = read_trackers(path)
print(json.dumps([is_tracker_file(path), chunk.count, chunk.valid.tolist()[3], round(float(chunk.times[3]), 4)]))`;
    expect(ask(program, trackersNpz(samples, 30), "motion.npz")).toEqual([true, 4, [false, false, false], 0.1]);
  });

  test("a WAV has its rate and its samples", () => {
    const program = "import json, sys, soundfile as s; a, r = s.read(sys.argv[1], dtype='int16'); print(json.dumps([r, a.tolist()]))";
    expect(ask(program, wav(Uint8Array.of(1, 0, 255, 255), 24000), "a.wav")).toEqual([24000, [1, -1]]);
  });

  test("a recording holds the events, the user's voice and every reply", () => {
    const recorder = new Recorder(24000);
    const frame = { type: 1, epoch: 0, seq: 0, sample: 0, payload: Uint8Array.of(1, 0) } as const;
    recorder.media(frame, "out");
    recorder.media({ ...frame, epoch: 2 }, "in");
    recorder.event({ type: "avatar.state", state: "idle" });
    const program = "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(json.dumps([z.testzip(), z.namelist()]))";
    expect(ask(program, recorder.finish(), "session.zip")).toEqual([null, ["events.jsonl", "user.wav", "reply_2.wav"]]);
  });
});

test("CRC-32 of the usual check string", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});
