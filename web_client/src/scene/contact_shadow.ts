/** A soft dark spot under the body: the shadow of the cheapest rung, and the contact under the others. */

import { CanvasTexture, Mesh, MeshBasicMaterial, PlaneGeometry } from "three";

const SIZE_PX = 64;

export function contactShadow(): Mesh<PlaneGeometry, MeshBasicMaterial> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE_PX;
  const paint = canvas.getContext("2d");
  if (paint) {
    const spot = paint.createRadialGradient(SIZE_PX / 2, SIZE_PX / 2, 2, SIZE_PX / 2, SIZE_PX / 2, SIZE_PX / 2);
    spot.addColorStop(0, "rgba(0,0,0,.42)");
    spot.addColorStop(0.5, "rgba(0,0,0,.16)");
    spot.addColorStop(1, "rgba(0,0,0,0)");
    paint.fillStyle = spot;
    paint.fillRect(0, 0, SIZE_PX, SIZE_PX);
  }
  const material = new MeshBasicMaterial({ map: new CanvasTexture(canvas), transparent: true, depthWrite: false });
  const shadow = new Mesh(new PlaneGeometry(0.95, 0.75), material);
  shadow.rotation.x = -Math.PI / 2;
  shadow.position.y = 0.012;
  return shadow;
}
