/** Keys for those who would rather not reach for the mouse. */

export interface KeyActions {
  focusText(): void;
  toggleMicrophone(): void;
  talk(down: boolean): void;
  stop(): void;
}

export function listenToKeys(actions: KeyActions): void {
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && document.querySelector("dialog[open]") === null) actions.stop();
    if (isTaken(event.key, event.target)) return;
    if (event.key === "/") actions.focusText();
    else if (event.key === "m" || event.key === "M") actions.toggleMicrophone();
    else if (event.key !== " ") return;
    else if (!event.repeat) actions.talk(true);
    event.preventDefault();
  });
  window.addEventListener("keyup", (event) => {
    if (event.key === " " && !isTaken(" ", event.target)) actions.talk(false);
  });
  window.addEventListener("blur", () => actions.talk(false)); // its key's release is never told
}

/** Whether the key already means something there. */
function isTaken(key: string, target: EventTarget | null): boolean {
  const presses = key === " " ? "button, " : ""; // a button has no other key of ours
  return target instanceof HTMLElement && target.closest(`${presses}input, select, dialog, textarea`) !== null;
}
