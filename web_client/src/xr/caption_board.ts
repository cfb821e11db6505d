/** Captions inside VR, where the page cannot be seen: a board beside the character. */

import { CanvasTexture, Mesh, MeshBasicMaterial, PlaneGeometry, SRGBColorSpace } from "three";
import type { Line, PageState } from "../session/state";

const WIDTH_PX = 768;
const HEIGHT_PX = 384;
const FONT = "34px system-ui, sans-serif";
const LEADING_PX = 44;

export class CaptionBoard {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private readonly canvas = document.createElement("canvas");
  private readonly texture: CanvasTexture;
  private shown = "";

  constructor() {
    this.canvas.width = WIDTH_PX;
    this.canvas.height = HEIGHT_PX;
    this.texture = new CanvasTexture(this.canvas);
    this.texture.colorSpace = SRGBColorSpace;
    const material = new MeshBasicMaterial({ map: this.texture, transparent: true, depthWrite: false });
    this.mesh = new Mesh(new PlaneGeometry(0.8, 0.4), material);
    this.mesh.visible = false;
  }

  /** The last two lines, or what is wrong. */
  render(state: PageState): void {
    const trouble = state.fault ? `${state.fault.title}. ${state.fault.detail}` : state.notice;
    const last = trouble === "" ? state.lines.slice(-2) : [{ id: "trouble", who: "character", text: trouble, origin: "said" } as const];
    const key = last.map((line) => line.id + line.text).join("\n");
    if (key === this.shown) return;
    this.shown = key;
    const paint = this.canvas.getContext("2d");
    if (!paint) return;
    paint.clearRect(0, 0, WIDTH_PX, HEIGHT_PX);
    if (last.length > 0) this.paint(paint, last);
    this.texture.needsUpdate = true;
  }

  private paint(paint: CanvasRenderingContext2D, lines: readonly Line[]): void {
    paint.fillStyle = "rgba(20, 26, 33, 0.86)";
    paint.beginPath();
    paint.roundRect(0, 0, WIDTH_PX, HEIGHT_PX, 28);
    paint.fill();
    paint.font = FONT;
    const rows = lines.flatMap((line) => {
      const colour = line.who === "user" ? "#7fd9d0" : "#f2f5f7";
      return wrapText(line.text, (text) => paint.measureText(text).width, WIDTH_PX - 64).map((text) => ({ text, colour }));
    });
    rows.slice(-7).forEach(({ text, colour }, row) => {
      paint.fillStyle = colour;
      paint.fillText(text, 32, 56 + row * LEADING_PX);
    });
  }
}

/** Words in rows no wider than `width`. */
export function wrapText(text: string, measure: (text: string) => number, width: number): string[] {
  const rows: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = rows.length > 0 ? `${rows.at(-1)} ${word}` : word;
    if (rows.length > 0 && measure(longer) <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows;
}
