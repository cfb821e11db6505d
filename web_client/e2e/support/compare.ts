/** What is in a picture, as a person would say from a step back: how much two differ, how much of one is of a colour. */

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

/** Share of a PNG's points that are blue as the mirror's figure is and as nothing else in the light room. */
export async function blueShare(page: Page, picture: Buffer): Promise<number> {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const paint = new OffscreenCanvas(image.width, image.height).getContext("2d");
    if (!paint) throw new Error("no canvas");
    paint.drawImage(image, 0, 0);
    const { data } = paint.getImageData(0, 0, image.width, image.height);
    let blue = 0;
    for (let i = 0; i < data.length; i += 4) {
      if ((data[i + 2] ?? 0) > 110 && (data[i + 2] ?? 0) - (data[i] ?? 0) > 45) blue += 1;
    }
    return (4 * blue) / data.length;
  }, picture.toString("base64"));
}
