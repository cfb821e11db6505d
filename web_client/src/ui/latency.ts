/** Where the time of the last turn went: planned and spent a stage, and how the playback holds. */

import type { FinishedResponse } from "../protocol/server_events";
import type { PageState } from "../session/state";
import { el } from "./dom";

const STAGES: Record<string, string> = {
  endpoint: "End of your turn",
  ear: "Write down your words",
  prefill: "Take it in",
  first_clause: "First words",
  first_beat: "First beat",
  decode: "Voice and body",
  send: "Send",
  waiting: "Waiting",
  heard_saw: "Heard and saw",
};

export class LatencyPanel {
  readonly root: HTMLElement;
  private readonly table = el("div", { class: "stages" });
  private readonly totals = el("dl", { class: "totals" });
  private readonly live = el("dl", { class: "totals live" });
  private shown: FinishedResponse | null = null;

  constructor() {
    const head = el("h2", {}, "Latency");
    const legend = el("p", { class: "legend" }, el("span", { class: "key spent" }), "spent", el("span", { class: "key planned" }), "planned, ms");
    this.root = el("aside", { class: "panel latency", id: "latency", "aria-label": "Latency", hidden: true }, head, this.totals, legend, this.table, this.live);
  }

  render(state: PageState, frame: { fps: number; rung: string; skew_ms: number | null }): void {
    if (this.root.hidden) return;
    if (state.last !== this.shown || this.totals.childElementCount === 0) this.renderTurn(state.last);
    const { lead_ms, underruns } = state.meter;
    const { skew_ms } = frame;
    this.renderPairs(this.live, [
      ["buffer lead", `${Math.round(lead_ms)} ms`],
      ["underruns", String(underruns)],
      ["sound to picture", skew_ms === null ? "–" : `${Math.round(skew_ms)} ms`],
      ["picture", `${Math.round(frame.fps)} fps, ${frame.rung}`],
    ]);
  }

  private renderTurn(last: FinishedResponse | null): void {
    this.shown = last;
    this.renderPairs(this.totals, [
      ["response", milliseconds(last?.response_latency_ms)],
      ["first motion", milliseconds(last?.first_motion_ms)],
      ["first sound", milliseconds(last?.first_audio_ms)],
      ["real-time factor", last?.rtf == null ? "–" : last.rtf.toFixed(2)],
    ]);
    const rows = last?.budget ?? [];
    const longest = Math.max(1, ...rows.map((row) => Math.max(row.planned_ms, row.spent_ms)));
    this.table.replaceChildren(
      ...rows.map((row) => {
        const share = (ms: number): string => `${((100 * ms) / longest).toFixed(1)}%`;
        const bar = el("span", { class: "bar" }, el("span", { class: "spent" }), el("span", { class: "planned" }));
        bar.style.setProperty("--spent", share(row.spent_ms));
        bar.style.setProperty("--planned", share(row.planned_ms));
        bar.classList.toggle("over", row.planned_ms > 0 && row.spent_ms > row.planned_ms);
        const figures = `${row.spent_ms.toFixed(0)} / ${row.planned_ms.toFixed(0)}`;
        return el("div", { class: "stage" }, el("span", {}, STAGES[row.stage] ?? row.stage), bar, el("span", { class: "figure" }, figures));
      }),
    );
    if (rows.length === 0) this.table.replaceChildren(el("p", { class: "empty" }, "Comes with the first reply."));
  }

  private renderPairs(list: HTMLElement, pairs: readonly [string, string][]): void {
    if (list.childElementCount !== 2 * pairs.length) {
      list.replaceChildren(...pairs.flatMap(([name]) => [el("dt", {}, name), el("dd")]));
    }
    pairs.forEach(([, value], i) => {
      const node = list.children[2 * i + 1];
      if (node && node.textContent !== value) node.textContent = value;
    });
  }
}

function milliseconds(value: number | null | undefined): string {
  return value == null ? "–" : `${Math.round(value)} ms`;
}
