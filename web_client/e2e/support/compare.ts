/** How much two pictures differ, as a person would say from a step back. */

import type { Page } from "playwright-core";

/** Share of the cells of 64x64 thumbnails that differ by more than a tenth of full scale; the page does the decoding. */
export async function difference(page: Page, a: Buffer, b: Buffer): Promise<number> {
  return page.evaluate(
    async ([first, second]) => {
      const SIZE = 64;
      const thumbnail = async (base64: string): Promise<Uint8ClampedArray> => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }), {
          resizeWidth: SIZE, resizeHeight: SIZE, resizeQuality: "high",
        });
        const paint = new OffscreenCanvas(SIZE, SIZE).getContext("2d");
        if (!paint) throw new Error("no canvas");
        paint.drawImage(picture, 0, 0);
        return paint.getImageData(0, 0, SIZE, SIZE).data;
      };
      const [x, y] = [await thumbnail(first ?? ""), await thumbnail(second ?? "")];
      let different = 0;
      for (let cell = 0; cell < SIZE * SIZE; cell++) {
        const gap = Math.max(...[0, 1, 2].map((channel) => Math.abs((x[4 * cell + channel] ?? 0) - (y[4 * cell + channel] ?? 0))));
        if (gap > 25) different += 1;
      }
      return different / (SIZE * SIZE);
    },
    [a.toString("base64"), b.toString("base64")],
  );
}
