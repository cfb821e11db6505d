import { expect, test } from "vitest";
import type { ServerEvent } from "../src/protocol/server_events";
import { parseServerEvent } from "../src/protocol/server_events";
import { changesOf } from "../src/session/page_events";
import { type PageState, START } from "../src/session/state";
import { readVectors } from "./vectors";

test("a session as the golden vectors tell it leaves its words, what was seen and its figures on the page", () => {
  const events = readVectors<{ type: string }>("protocol/server_events.json").vectors.map((v) => parseServerEvent(JSON.stringify(v)));
  let state: PageState = START;
  const busy: boolean[] = [];
  for (const event of events.filter((e): e is ServerEvent => e !== null)) {
    state = { ...state, ...changesOf(event, state, (id) => id) };
    if (event.type === "response.created" || event.type === "response.done") busy.push(state.replying);
  }
  expect(state.persona).toBe("ada");
  expect(state.lines.map((line) => [line.who, line.text])).toContainEqual(["character", "Hello"]);
  expect(state.lines.map((line) => line.text)).toContain("hi");
  expect(state.notice).toContain("ends within 20 s");
  expect(state.last?.status).toBe("incomplete");
  const hello = events.find((e) => e?.type === "session.created");
  if (hello) expect(changesOf(hello, state, (id) => id).notice).toBe(""); // another server, which does not stop
  expect([busy[0], busy[1]]).toEqual([true, false]);
});
