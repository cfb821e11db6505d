/** What is wrong and what one can do about it, until it is right again. */

import type { Fault, PageState } from "../session/state";
import { el } from "./dom";

export class FaultBanner {
  readonly root = el("div", { class: "fault", id: "fault", role: "alert", hidden: true });
  private shown: Fault | null = null;

  constructor(private readonly onReconnect: () => void) {}

  render(state: PageState): void {
    const fault = state.fault;
    if (fault?.title === this.shown?.title && fault?.detail === this.shown?.detail) return;
    this.shown = fault;
    this.root.hidden = fault === null;
    if (!fault) return;
    const text = el("div", {}, el("strong", {}, fault.title), el("p", {}, fault.detail));
    const act = (): void => (fault.action === "reload" ? location.reload() : this.onReconnect());
    const button = el("button", { type: "button", class: "plain", onclick: act }, fault.action === "reload" ? "Reload" : "Try now");
    this.root.replaceChildren(text, ...(fault.action ? [button] : []));
  }
}
