/** Who said what, in order: pieces of text become lines. Pure. */

import type { Line } from "./state";

const KEPT = 40;

/** Add a piece to the line of its id, or begin that line. */
export function addText(lines: readonly Line[], piece: Line): Line[] {
  const at = lines.findIndex((line) => line.id === piece.id);
  if (at < 0) return [...lines, { ...piece, text: piece.text.trimStart() }].slice(-KEPT);
  return lines.map((line, i) => (i === at ? { ...line, text: line.text + piece.text } : line));
}

/** What was heard stands above the answer to it, however late it is known; typed words are not doubled. */
export function addHeard(lines: readonly Line[], responseId: string, text: string): Line[] {
  const id = `heard_${responseId}`;
  if (lines.some((line) => line.id === id)) return addText(lines, { id, who: "user", text, origin: "heard" });
  const answer = lines.findIndex((line) => line.id === responseId);
  const before = answer < 0 ? lines.length : answer;
  if (lines[before - 1]?.origin === "typed") return [...lines];
  const heard: Line = { id, who: "user", text: text.trimStart(), origin: "heard" };
  return [...lines.slice(0, before), heard, ...lines.slice(before)].slice(-KEPT);
}
