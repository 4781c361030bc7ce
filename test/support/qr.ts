import jsqr from "jsqr";
import type { Locator } from "playwright-core";

interface Pixels {
  /** In base64: a list of numbers would be handed over number by number. */
  readonly data: string;
  readonly width: number;
  readonly height: number;
}

/** What a phone's camera reads from a place of the page, by a reader that has nothing to do with what draws it. */
export async function readQrCode(place: Locator): Promise<string | null> {
  const picture = (await place.screenshot()).toString("base64");
  const { data, width, height } = await pixelsOf(place, picture);
  return jsqr.default(Uint8ClampedArray.from(Buffer.from(data, "base64")), width, height)?.data ?? null;
}

/** The browser itself unpacks its screenshot, in a window of its own. */
async function pixelsOf(place: Locator, picture: string): Promise<Pixels> {
  const desk = await place.page().context().newPage();
  const pixels = await desk.evaluate(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${picture}";
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const { data, width, height } = pen.getImageData(0, 0, image.width, image.height);
    return { data: btoa(data.reduce((text, byte) => text + String.fromCharCode(byte), "")), width, height };
  })()`);
  await desk.close();
  return pixels as Pixels;
}
