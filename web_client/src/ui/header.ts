/** The line at the top: who you talk to, what they do, and the buttons for everything else. */

import type { PageState } from "../session/state";
import { el, iconButton } from "./dom";

export interface PersonaCard {
  name: string;
  title: string;
}

export interface HeaderActions {
  onPersona(name: string): void;
  onLatency(): void;
  onSettings(): void;
  onVr(): void;
}

const DOING: Record<PageState["avatarState"], string> = {
  idle: "here for you",
  listening: "listening",
  thinking: "thinking",
  speaking: "speaking",
  interrupted: "listening",
};

export class Header {
  readonly root: HTMLElement;
  private readonly select: HTMLSelectElement;
  private readonly status = el("span", { class: "status-text" });
  private readonly dot = el("span", { class: "dot" });
  private readonly vr: HTMLButtonElement;

  constructor(actions: HeaderActions) {
    this.select = el("select", { id: "persona", "aria-label": "Who you talk to" });
    this.select.addEventListener("change", () => actions.onPersona(this.select.value));
    this.vr = iconButton("headset", "Enter VR", () => actions.onVr(), { id: "enter-vr", hidden: true });
    const who = el("div", { class: "who" }, el("label", { class: "picker" }, this.select), el("p", { class: "status", role: "status" }, this.dot, this.status));
    const tools = el(
      "nav",
      { class: "tools", "aria-label": "Tools" },
      this.vr,
      iconButton("gauge", "Latency", () => actions.onLatency(), { id: "toggle-latency", "aria-pressed": "false" }),
      iconButton("gear", "Settings", () => actions.onSettings(), { id: "open-settings" }),
    );
    this.root = el("header", { class: "top" }, who, tools);
  }

  setPersonas(personas: readonly PersonaCard[], chosen: string): void {
    const options = personas.map(({ name, title }) => {
      const option = el("option", { value: name, title }, displayName(name));
      option.selected = name === chosen;
      return option;
    });
    this.select.replaceChildren(...options);
  }

  showVr(available: boolean, inside: boolean): void {
    this.vr.hidden = !available;
    this.vr.setAttribute("aria-label", inside ? "Leave VR" : "Enter VR");
    this.vr.setAttribute("aria-pressed", String(inside));
  }

  private choose(persona: string): void {
    this.select.value = persona;
    if (this.select.value === persona) return;
    this.select.append(el("option", { value: persona }, displayName(persona))); // the list has not come yet
    this.select.value = persona;
  }

  render(state: PageState): void {
    const [tone, text] = statusOf(state);
    this.dot.dataset["tone"] = tone;
    if (this.status.textContent !== text) this.status.textContent = text;
    if (state.persona && this.select.value !== state.persona) this.choose(state.persona);
  }
}

function statusOf(state: PageState): [string, string] {
  switch (state.link.kind) {
    case "connecting":
      return ["wait", state.link.attempt > 0 ? "reconnecting" : "connecting"];
    case "waiting":
      return ["bad", "no connection"];
    case "closed":
      return ["bad", "not connected"];
    case "open":
      return [state.avatarState, DOING[state.avatarState]];
  }
}

function displayName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
