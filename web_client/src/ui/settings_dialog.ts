/** Choices that are made once: microphone, volume, looks, avatar, and tools for developers. */

import { el, iconButton } from "./dom";
import type { Preferences } from "./preferences";

export interface SettingsActions {
  onChange(changes: Partial<Preferences>): void;
  onAvatar(file: File): void;
  onDefaultAvatar(): void;
  onRecord(): void;
}

type Choice = readonly [value: string, label: string];

export class SettingsDialog {
  readonly root: HTMLDialogElement;
  readonly record: HTMLButtonElement;

  constructor(preferences: Preferences, actions: SettingsActions) {
    this.root = el("dialog", { class: "panel settings", id: "settings", "aria-label": "Settings" });
    this.record = el("button", { type: "button", class: "plain", id: "record", onclick: () => actions.onRecord() }, "Record this conversation");
    const close = iconButton("close", "Close", () => this.root.close());
    this.root.append(
      el("div", { class: "title" }, el("h2", {}, "Settings"), close),
      this.choices("Microphone", "mode", preferences.mode, [["open", "Always open"], ["push", "Hold to talk"]], actions),
      this.slider(preferences.volume, actions),
      this.choices("Appearance", "theme", preferences.theme, [["auto", "System"], ["light", "Light"], ["dark", "Dark"]], actions),
      this.choices("Picture", "quality", preferences.quality, [["auto", "Automatic"], ["low", "Low"], ["medium", "Medium"], ["high", "High"]], actions),
      this.toggle("Captions", "captions", preferences.captions, actions),
      this.avatar(actions),
      this.toggle("Mirror in VR", "mirror", preferences.mirror, actions, "your body, as it is made of head and hands"),
      el("div", { class: "row" }, el("span", {}, "For developers"), this.record),
      el("p", { class: "keys" }, "Keys: / to type, M for the microphone, Space to talk while held, Esc to stop."),
    );
    this.root.addEventListener("click", (event) => {
      if (event.target === this.root) this.root.close();
    });
  }

  showRecording(running: boolean): void {
    this.record.textContent = running ? "Stop and save" : "Record this conversation";
    this.record.setAttribute("aria-pressed", String(running));
  }

  private choices(label: string, name: "mode" | "theme" | "quality", chosen: string, all: readonly Choice[], actions: SettingsActions): HTMLElement {
    const group = el("div", { class: "choices", role: "radiogroup", "aria-label": label });
    for (const [value, text] of all) {
      const radio = el("input", { type: "radio", name, value });
      radio.checked = value === chosen;
      radio.addEventListener("change", () => actions.onChange({ [name]: value }));
      group.append(el("label", {}, radio, el("span", {}, text)));
    }
    return el("div", { class: "row" }, el("span", {}, label), group);
  }

  private slider(volume: number, actions: SettingsActions): HTMLElement {
    const range = el("input", { type: "range", id: "volume", min: "0", max: "1", step: "0.05", value: String(volume) });
    range.addEventListener("input", () => actions.onChange({ volume: Number(range.value) }));
    return el("label", { class: "row", for: "volume" }, el("span", {}, "Volume"), range);
  }

  private toggle(label: string, name: "captions" | "mirror", on: boolean, actions: SettingsActions, hint = ""): HTMLElement {
    const box = el("input", { type: "checkbox", id: name, role: "switch" });
    box.checked = on;
    box.addEventListener("change", () => actions.onChange({ [name]: box.checked }));
    return el("label", { class: "row", for: name }, el("span", {}, label, el("small", {}, hint)), box);
  }

  private avatar(actions: SettingsActions): HTMLElement {
    const file = el("input", { type: "file", id: "avatar-file", accept: ".vrm,.glb", hidden: true });
    file.addEventListener("change", () => {
      const chosen = file.files?.[0];
      if (chosen) actions.onAvatar(chosen);
      file.value = "";
    });
    const choose = el("button", { type: "button", class: "plain", onclick: () => file.click() }, "Choose VRM or GLB");
    const reset = el("button", { type: "button", class: "plain", onclick: () => actions.onDefaultAvatar() }, "Mannequin");
    const hint = el("small", {}, "or drop a file on the page");
    return el("div", { class: "row" }, el("span", {}, "Avatar", hint), el("div", { class: "pair" }, choose, reset, file));
  }
}
