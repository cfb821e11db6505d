/** A file dropped anywhere on the page. */

import { el } from "./dom";

export function acceptDrops(onFile: (file: File) => void): void {
  const veil = el("div", { class: "veil", hidden: true }, "Drop a VRM or GLB avatar");
  document.body.append(veil);
  let depth = 0;
  const show = (change: number): void => {
    depth = Math.max(0, depth + change);
    veil.hidden = depth === 0;
  };
  window.addEventListener("dragenter", (event) => {
    event.preventDefault();
    show(1);
  });
  window.addEventListener("dragleave", () => show(-1));
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  });
}
