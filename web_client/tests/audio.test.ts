import { describe, expect, test } from "vitest";
import { PlayerCore, type PlayerReport } from "../src/audio/player_core";
import { Resampler } from "../src/audio/resampler";
import { RingBuffer } from "../src/audio/ring_buffer";

const ramp = (from: number, count: number): Float32Array<ArrayBuffer> => Float32Array.from({ length: count }, (_, i) => from + i);

describe("ring buffer", () => {
  test("gives back what was put in, in order, across its end and while it grows", () => {
    const ring = new RingBuffer(8);
    const out: number[] = [];
    let next = 0;
    for (let round = 0; round < 50; round++) {
      const size = 1 + ((round * 7) % 11);
      ring.push(ramp(next, size));
      next += size;
      const block = new Float32Array(1 + ((round * 5) % 9));
      out.push(...block.subarray(0, ring.pull(block)));
    }
    const rest = new Float32Array(ring.length);
    ring.pull(rest);
    expect([...out, ...rest]).toEqual([...ramp(0, next)]);
  });
});

describe("player", () => {
  const make = (): PlayerCore => new PlayerCore({ sampleRate: 1000, prebuffer_s: 0.1, fade_s: 0.02 });
  const samples = (epoch: number, count: number, value = 1) => ({ kind: "samples", epoch, samples: new Float32Array(count).fill(value) }) as const;

  function play(player: PlayerCore, blocks: number): { heard: number[]; report: PlayerReport } {
    const heard: number[] = [];
    for (let i = 0; i < blocks; i++) {
      const block = new Float32Array(10);
      player.render(block);
      heard.push(...block);
    }
    return { heard, report: player.report(0) };
  }

  test("holds back until 100 ms are there, then counts every sample that leaves", () => {
    const player = make();
    player.take(samples(1, 90));
    expect(play(player, 3).report).toMatchObject({ sample: 0, playing: false });
    player.take(samples(1, 30));
    expect(play(player, 5).report).toMatchObject({ sample: 50, buffered: 70, playing: true, underruns: 0 });
  });

  test("a short reply is played although it never fills the prebuffer", () => {
    const player = make();
    player.take(samples(1, 25));
    player.take({ kind: "end", epoch: 1 });
    const { heard, report } = play(player, 4);
    expect(heard.filter((x) => x === 1)).toHaveLength(25);
    expect(report).toMatchObject({ sample: 25, finished: true, underruns: 0 });
  });

  test("a gap is one underrun, and the clock stands until sound comes", () => {
    const player = make();
    player.take(samples(1, 100));
    expect(play(player, 12).report).toMatchObject({ sample: 100, underruns: 1, playing: false });
    player.take(samples(1, 100));
    expect(play(player, 5).report).toMatchObject({ sample: 150, underruns: 1, playing: true });
  });

  test("a fade takes 20 ms, falls all the way, and what was behind it is gone", () => {
    const player = make();
    player.take(samples(1, 200));
    play(player, 1);
    player.take({ kind: "fade", epoch: 1 });
    const { heard, report } = play(player, 4);
    expect(heard.slice(0, 20).every((x, i) => i === 0 || x < (heard[i - 1] ?? 0))).toBe(true);
    expect(heard.slice(20).every((x) => x === 0)).toBe(true);
    expect(report).toMatchObject({ finished: true, buffered: 0 });
    player.take(samples(1, 50));
    expect(play(player, 1).report.buffered).toBe(0);
  });

  test("a newer epoch replaces an older one, whose late samples are dropped", () => {
    const player = make();
    player.take(samples(1, 150));
    play(player, 2);
    player.take({ kind: "begin", epoch: 2 });
    player.take(samples(1, 100));
    player.take(samples(2, 100, 0.5));
    expect(new Set(play(player, 2).heard)).toEqual(new Set([0.5]));
  });

  test("after a reset epochs count from 1 again", () => {
    const player = make();
    player.take(samples(5, 150));
    player.take({ kind: "reset" });
    player.take(samples(1, 120, 0.25));
    expect(play(player, 2).report).toMatchObject({ epoch: 1, sample: 20 });
  });
});

describe("resampler", () => {
  test.each([[48000, 24000], [44100, 24000], [16000, 24000]])("%i Hz to %i Hz keeps a tone and removes what would alias", (from, to) => {
    const level = (frequency: number): number => {
      const resampler = new Resampler(from, to);
      const tone = Float32Array.from({ length: from / 2 }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / from));
      const out: number[] = [];
      for (let at = 0; at < tone.length; at += 128) out.push(...resampler.push(tone.subarray(at, at + 128)));
      expect(Math.abs(out.length - to / 2)).toBeLessThan(64);
      const middle = out.slice(1000, -1000);
      return Math.sqrt(middle.reduce((sum, x) => sum + x * x, 0) / middle.length);
    };
    expect(level(1000)).toBeCloseTo(Math.SQRT1_2, 2);
    if (from > to) expect(level(0.62 * to)).toBeLessThan(0.01);
  });
});
