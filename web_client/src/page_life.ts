/** What happens to the page as a whole: seen and hidden, offline and back, left and returned to, touched. */

export interface PageLife {
  /** Somebody is back at the page, or its network is. */
  onWake(): void;
  onLeave(): void;
  onReturn(): void;
  /** A press or a key: browsers let a page sound only after one. */
  onGesture(): void;
}

export function followPage(life: PageLife): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") life.onWake();
  });
  window.addEventListener("online", () => life.onWake());
  window.addEventListener("pagehide", () => life.onLeave());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) life.onReturn();
  });
  for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, () => life.onGesture());
}
