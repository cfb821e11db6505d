/** What both sides said, and what the character saw. */

import type { Line, PageState } from "../session/state";
import { el, icon } from "./dom";

const SHOWN = 3;

export class Captions {
  readonly root: HTMLElement;
  private readonly list = el("ol", { class: "lines", role: "log", "aria-live": "polite" });
  private readonly saw = el("p", { class: "saw", hidden: true });
  private readonly sawText = el("span");
  private readonly hint = el("p", { class: "hint", role: "status" });

  constructor() {
    this.saw.append(icon("eye"), this.sawText);
    this.root = el("section", { class: "captions", "aria-label": "Conversation" }, this.list, this.saw, this.hint);
  }

  setVisible(visible: boolean): void {
    this.list.hidden = !visible;
  }

  render(state: PageState): void {
    this.list.setAttribute("aria-busy", String(state.replying)); // whole answers are read out, not every word twice
    this.renderLines(state.lines.slice(-SHOWN));
    const saw = state.saw.trim();
    this.saw.hidden = saw === "";
    if (this.sawText.textContent !== saw) this.sawText.textContent = saw;
    this.saw.title = saw === "" ? "" : `What the character saw you do: ${saw}`;
    this.hint.textContent = state.notice || (state.lines.length === 0 && state.link.kind === "open" ? "Say hello, or type." : "");
    this.hint.classList.toggle("notice", state.notice !== "");
  }

  private renderLines(lines: readonly Line[]): void {
    const wanted = new Set(lines.map((line) => line.id));
    for (const node of [...this.list.children]) if (!wanted.has(node.getAttribute("data-id") ?? "")) node.remove();
    lines.forEach((line, at) => {
      const found = [...this.list.children].find((node) => node.getAttribute("data-id") === line.id);
      const node = found ?? el("li", { class: `line ${line.who}`, "data-id": line.id, "data-origin": line.origin });
      if (node.textContent !== line.text) node.textContent = line.text;
      if (this.list.children[at] !== node) this.list.insertBefore(node, this.list.children[at] ?? null);
    });
  }
}
