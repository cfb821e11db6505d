import { describe, expect, test } from "vitest";
import { CountedLog } from "../src/protocol/counted_log";
import { LADDER, QualityLadder } from "../src/scene/quality";
import { Replies } from "../src/session/replies";
import type { Line } from "../src/session/state";
import { addHeard, addText } from "../src/session/transcript";

describe("captions", () => {
  const said = (id: string, text: string): Line => ({ id, who: "character", text, origin: "said" });

  test("pieces of one reply are one line, and what was heard stands above its answer", () => {
    let lines = addText([], said("resp_1", " Hello"));
    lines = addHeard(lines, "resp_1", "hi ");
    lines = addText(lines, said("resp_1", " there."));
    lines = addHeard(lines, "resp_1", "you");
    expect(lines.map((line) => [line.who, line.text])).toEqual([["user", "hi you"], ["character", "Hello there."]]);
  });

  test("typed words are not shown twice when they are heard", () => {
    const typed: Line = { id: "t", who: "user", text: "hi", origin: "typed" };
    const lines = addText([typed], said("resp_1", "Hello"));
    expect(addHeard(lines, "resp_1", "hi")).toEqual(lines);
  });
});

describe("replies", () => {
  test("media of a cancelled reply are not wanted, those of the next one are", () => {
    const replies = new Replies();
    replies.begin("resp_1", 1);
    expect(replies.cancel()?.id).toBe("resp_1");
    expect(replies.cancel()).toBeNull();
    expect([replies.wants(1), replies.wants(2)]).toEqual([false, true]);
  });
});

describe("log of sent messages", () => {
  test("gives what follows a count, and says when that is no longer kept", () => {
    const log = new CountedLog();
    for (const message of ["a", "b", "c", "d"]) log.push(message);
    log.forget(2);
    expect([log.after(2), log.after(4), log.after(1), log.after(5)]).toEqual([["c", "d"], [], null, null]);
  });

  test("keeps no more than eight megabytes", () => {
    const log = new CountedLog();
    for (let i = 0; i < 20; i++) log.push(new ArrayBuffer(1 << 20));
    expect([log.after(12)?.length, log.after(11)]).toEqual([8, null]);
  });
});

describe("quality ladder", () => {
  const feed = (ladder: QualityLadder, ms: number, windows: number): void => {
    for (let i = 0; i < 90 * windows; i++) ladder.frame(ms);
  };

  test("steps down when frames are slow, and does not climb back to what was too slow", () => {
    const ladder = new QualityLadder(2, true);
    feed(ladder, 40, 1);
    expect(ladder.current.name).toBe("low");
    feed(ladder, 10, 20);
    expect(ladder.current.name).toBe("low");
  });

  test("climbs after a while of fast frames, and a fixed rung never moves", () => {
    const ladder = new QualityLadder(2, true);
    feed(ladder, 10, 4);
    expect(ladder.current).toBe(LADDER[3]);
    const fixed = new QualityLadder(1, false);
    feed(fixed, 40, 4);
    expect(fixed.current).toBe(LADDER[1]);
  });
});
