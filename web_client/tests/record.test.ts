import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { trackersNpz, wav } from "../src/record/formats";
import { typedText } from "../src/protocol/client_events";
import { Recorder } from "../src/record/recorder";
import { UserMedia } from "../src/record/user_media";
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
    const sample = (seen: number): Uint8Array => {
      const device = [0.25, 1.6, 0, 0, 0, 0, 1, seen];
      const fingers = Array.from({ length: 30 }, () => [0, 0, 0.6, 0.8]);
      return new Uint8Array(Float32Array.from([...device, ...device, ...device, ...fingers.flat()]).buffer);
    };
    const samples = [sample(1), sample(1), sample(1), sample(0)];
    const program = `import json, sys; from pathlib import Path; from solami.body.tracker_files import is_tracker_file, read_trackers
path = Path(sys.argv[1]); chunk = read_trackers(path)
print(json.dumps([is_tracker_file(path), chunk.count, chunk.valid.tolist()[3], round(float(chunk.times[3]), 4), round(float(chunk.fingers[3, 29, 2]), 4)]))`;
    expect(ask(program, trackersNpz(samples, [0, 1 / 30, 2 / 30, 0.1]), "motion.npz")).toEqual([true, 4, [false, false, false], 0.1, 0.6]);
  });

  test("a WAV has its rate and its samples", () => {
    const program = "import json, sys, soundfile as s; a, r = s.read(sys.argv[1], dtype='int16'); print(json.dumps([r, a.tolist()]))";
    expect(ask(program, wav(Uint8Array.of(1, 0, 255, 255), 24000), "a.wav")).toEqual([24000, [1, -1]]);
  });

  test("a recording holds the events, the user's voice, every reply, and a file for every turn", () => {
    const recorder = new Recorder(24000, { persona: "ada", sentSamples: 0, hasFingers: true });
    const second = { type: 1, epoch: 0, seq: 0, sample: 0, payload: new Uint8Array(48000) } as const;
    recorder.media(second, "out");
    recorder.media({ ...second, epoch: 2 }, "in");
    recorder.event({ type: "input_audio_buffer.speech_started", audio_start_ms: 500 }, "in");
    recorder.event({ type: "input_audio_buffer.speech_stopped", audio_end_ms: 900 }, "in");
    recorder.event(typedText("it's me"), "out");
    recorder.event({ type: "response.create" }, "out");
    const program = `import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1])
print(json.dumps([z.testzip(), z.namelist(), z.getinfo("turn_1.wav").file_size, z.read("replay.sh").decode().splitlines()]))`;
    const names = ["events.jsonl", "user.wav", "turn_1.wav", "replay.sh", "reply_2.wav"];
    const commands = [
      "solami talk --persona 'ada' --audio turn_1.wav --out again_1",
      "solami talk --persona 'ada' --text 'it'\\''s me' --out again_2",
    ];
    expect(ask(program, recorder.finish(), "session.zip")).toEqual([null, names, 44 + 0.7 * 48000, commands]);
  });
});

describe("what the user did, on the clock of what they said", () => {
  const tracked = (count: number): Uint8Array => new Uint8Array(96 * count);

  const second = new Uint8Array(48000);

  test("follows the stamps where sound ran on alone, and waits while the sound stands still", () => {
    const media = new UserMedia(24000, 0, 96);
    media.hear(second);
    media.feel(24000, tracked(3));
    media.feel(24000, tracked(90)); // three seconds more of movement, and no sound
    const before = media.trackers(0, 9).times;
    expect(before.slice(0, 3)).toEqual([1 - 2 / 30, 1 - 1 / 30, 1].map((s) => expect.closeTo(s)));
    expect(before.at(-1)).toBeLessThan(3.3);
    for (let i = 0; i < 4; i++) media.hear(second);
    media.feel(5 * 24000, tracked(2));
    expect(media.trackers(0, 9).times.slice(-2)).toEqual([5 - 1 / 30, 5].map((s) => expect.closeTo(s)));
    expect(media.pcm(1, 1.5).length).toBe(24000);
  });

  test.each(["before", "after"])("has no gap where a page stalled and told its trackers %s the sound of that time", (order) => {
    const media = new UserMedia(24000, 0, 96);
    media.hear(second);
    media.feel(24000, tracked(1));
    if (order === "after") media.hear(second);
    media.feel(order === "after" ? 48000 : 24000, tracked(30));
    if (order === "before") media.hear(second);
    media.feel(48000, tracked(1));
    const { times } = media.trackers(0, 9);
    expect(times).toEqual(Array.from({ length: 32 }, (_, k) => expect.closeTo(1 + k / 30)));
  });

  test("without any sound runs by itself", () => {
    const media = new UserMedia(24000, 0, 96);
    for (let i = 0; i < 30; i++) media.feel(0, tracked(1));
    expect(media.now_s).toBeCloseTo(1);
    expect(media.trackers(0, 2).samples).toHaveLength(30);
  });
});

test("CRC-32 of the usual check string", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});
