import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_CODES, linkFault, turnFault } from "../src/session/faults";

const page = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const told = (page.split("Error codes: ")[1] ?? "").split("Close codes: ")[0] ?? "";
const codes = [...told.matchAll(/`([a-z_ ]+)`/g)].flatMap(([, names = ""]) => names.split(" "));

test("the codes that have a text are those of the protocol's page", () => {
  expect(codes.length).toBeGreaterThan(20);
  expect(ERROR_CODES.toSorted()).toEqual(codes.toSorted());
});

test.each(codes)("%s is told in words that say it, and never by its name", (code) => {
  const error = { type: "e", code, message: "Said by the server.", event_id: null };
  const closed = linkFault({ kind: "closed", reason: error.message, code });
  const waiting = linkFault({ kind: "waiting", attempt: 1, retry_s: 3, reason: error.message, code });
  const isRefusal = !["The server refused the connection", undefined].includes(closed?.title);
  expect(isRefusal).toBe(waiting?.title !== "Connection lost");
  const text = isRefusal ? `${closed?.title} ${waiting?.title}` : turnFault(error);
  expect(text).not.toBe(error.message);
  expect(text).not.toContain(code);
  expect(text.length).toBeGreaterThan(20);
});

test("a code of a later server is told in that server's words", () => {
  expect(turnFault({ type: "e", code: "moon_full", message: "The moon is full.", event_id: null })).toBe("The moon is full.");
  expect(linkFault({ kind: "waiting", attempt: 1, retry_s: 0.1, reason: "The moon is full.", code: "moon_full" })).toEqual({
    title: "Connection lost", detail: "The moon is full. Next try in 1 s.", action: "reconnect",
  });
});

test("a key that was refused asks for one and for a reload", () => {
  expect(linkFault({ kind: "closed", reason: "No key.", code: "invalid_api_key" })).toEqual({
    title: "This server needs a key", detail: expect.stringContaining("#key="), action: "reload",
  });
});
