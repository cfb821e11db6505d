/** Small helpers to build elements without a framework. */

type Props = Record<string, string | boolean | ((event: Event) => void)>;
type Child = Node | string;

/** An element with attributes, `on...` handlers and children. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const ICONS = {
  mic: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3Zm-6 8a6 6 0 0 0 12 0M12 17v4m-4 0h8",
  send: "M4 12h14m-6-6 6 6-6 6",
  stop: "M7 7h10v10H7z",
  gear: "M4 7h10m4 0h2M4 17h2m4 0h10M16 4.8v4.4M8 14.8v4.4",
  gauge: "M4 17a8.5 8.5 0 1 1 16 0M12 15l4-5",
  headset: "M4 9h16a1 1 0 0 1 1 1v6a2 2 0 0 1-2 2h-3l-2.5-3h-3L8 18H5a2 2 0 0 1-2-2v-6a1 1 0 0 1 1-1Z",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 2.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
} as const;

export type IconName = keyof typeof ICONS;

/** A line icon in the colour of the text around it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Offer bytes as a file. */
export function download(data: Uint8Array<ArrayBuffer>, name: string): void {
  const href = URL.createObjectURL(new Blob([data]));
  el("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** A round button with an icon and a name for those who cannot see it. */
export function iconButton(name: IconName, label: string, onclick: () => void, extra: Props = {}): HTMLButtonElement {
  return el("button", { type: "button", class: "round", "aria-label": label, title: label, onclick, ...extra }, icon(name));
}
