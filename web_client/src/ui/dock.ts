/** The line at the bottom: speak, type, stop. */

import type { PageState } from "../session/state";
import { el, icon } from "./dom";

export interface DockActions {
  /** Returns whether it could be sent. */
  onText(text: string): boolean;
  onStop(): void;
  onMicrophone(): void;
  onTalk(down: boolean): void;
}

export class Dock {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly mic: HTMLButtonElement;
  private readonly send: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private isPush = false;
  private isOn = false;

  constructor(actions: DockActions) {
    const attributes = { id: "say", type: "text", maxlength: "2000", autocomplete: "off", enterkeyhint: "send" };
    this.input = el("input", { ...attributes, placeholder: "Type something", "aria-label": "Type something to say" });
    this.mic = el("button", { type: "button", class: "mic", id: "mic" }, el("span", { class: "ring" }), icon("mic"));
    this.send = el("button", { type: "submit", class: "round", id: "send", "aria-label": "Send", title: "Send" }, icon("send"));
    this.stop = el("button", { type: "button", class: "round stop", id: "stop", "aria-label": "Stop (Esc)", title: "Stop (Esc)", onclick: () => actions.onStop() }, icon("stop"));
    const form = el("form", { class: "type" }, this.input, this.stop, this.send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (text === "" || !actions.onText(text)) return;
      this.input.value = "";
      this.input.dispatchEvent(new Event("input"));
    });
    this.input.addEventListener("input", () => this.root.classList.toggle("typing", this.input.value.trim() !== ""));
    this.listen(actions);
    this.root = el("footer", { class: "dock" }, this.mic, form);
  }

  render(state: PageState): void {
    this.isPush = state.mode === "push";
    this.isOn = state.microphone === "on";
    const live = this.isOn && (!this.isPush || state.talking);
    const label = this.label(state);
    this.mic.setAttribute("aria-label", label);
    this.mic.title = label;
    this.mic.setAttribute("aria-pressed", String(live));
    this.mic.dataset["state"] = state.microphone === "on" ? (live ? "live" : "ready") : state.microphone;
    const busy = state.avatarState === "speaking" || state.avatarState === "thinking";
    this.root.classList.toggle("busy", busy);
    this.input.disabled = state.link.kind === "closed";
  }

  /** Loudness 0..1 as a ring around the microphone. */
  setLevel(level: number): void {
    this.mic.style.setProperty("--level", Math.min(1, 4 * Math.sqrt(level)).toFixed(2));
  }

  private listen(actions: DockActions): void {
    let held = false;
    this.mic.addEventListener("pointerdown", (event) => {
      if (!this.isPush || !this.isOn) return;
      held = true;
      this.mic.setPointerCapture(event.pointerId);
      actions.onTalk(true);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.mic.addEventListener(name, () => {
        if (held) actions.onTalk(false);
      });
    }
    for (const name of ["keydown", "keyup"] as const) {
      this.mic.addEventListener(name, (event) => {
        if (event.key !== " " || !this.isPush || !this.isOn) return;
        event.preventDefault(); // no click: the button is held, as with a finger
        if (!event.repeat) actions.onTalk(name === "keydown");
      });
    }
    this.mic.addEventListener("click", () => {
      if (!held) actions.onMicrophone();
      held = false;
    });
  }

  private label(state: PageState): string {
    if (state.microphone === "asking") return "Waiting for the microphone";
    if (state.microphone !== "on") return "Turn the microphone on (M)";
    if (state.mode === "push") return "Hold to talk (Space)";
    return "Turn the microphone off (M)";
  }
}
