import { expect } from "chai";
import { MAX_IMAGE_BYTES, MAX_IMAGE_SIDE, type Image } from "../../../src/platform/images/image.ts";
import { readImage } from "../../../src/platform/images/read-image.ts";
import { JPEG, LOSSLESS_WEBP, makePng, PNG, pngChunk, SVG, WEBP } from "../../support/images.ts";

const SECRET = Buffer.from("52.3702 N 4.8952 E <script>alert(1)</script>");

async function imageOf(file: Buffer): Promise<Image> {
  const read = await readImage(file);
  if (read.type !== "image") {
    throw new Error(`The image was refused: ${read.type}.`);
  }
  return read.image;
}
const faultOf = async (file: Buffer): Promise<string> => (await readImage(file)).type;

/** Puts a piece of JPEG right after its start. */
function inJpeg(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([JPEG.subarray(0, 2), head, data, JPEG.subarray(2)]);
}

function inWebp(type: string, data: Buffer, file = LOSSLESS_WEBP): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, "latin1");
  head.writeUInt32LE(data.length, 4);
  const whole = Buffer.concat([file, head, data, Buffer.alloc(data.length % 2)]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

describe("an uploaded picture", () => {
  const files = { png: PNG, jpeg: JPEG, webp: WEBP, svg: SVG };

  it("T153 is known by its content, with its size", async () => {
    for (const [type, file] of Object.entries(files)) {
      const { content, ...rest } = await imageOf(file);
      expect(rest).to.deep.equal({ type, width: 24, height: 12 });
      expect(content.length, type).to.be.greaterThan(0);
    }
    expect(await imageOf(LOSSLESS_WEBP)).to.include({ type: "webp", width: 24, height: 12 });
  });

  it("T153 stays as it is when it is read again", async () => {
    for (const file of [...Object.values(files), LOSSLESS_WEBP]) {
      const { content } = await imageOf(file);
      expect((await imageOf(content)).content.equals(content)).to.equal(true);
    }
  });

  it("T153 is refused when it is another kind of file, whatever its beginning says", async () => {
    const others = {
      gif: Buffer.from("GIF89a\x01\x00\x01\x00\x00\x00\x00;", "latin1"),
      html: Buffer.from("<!doctype html><html><body><script>alert(1)</script></body></html>"),
      htmlAsXml: Buffer.from('<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'),
      script: Buffer.from("alert(1)"),
      pdf: Buffer.from("%PDF-1.7"),
      zip: Buffer.from("PK\x03\x04"),
      icon: Buffer.from([0, 0, 1, 0, 1, 0, 16, 16]),
      png: PNG.subarray(0, 8),
      pngOfText: Buffer.concat([PNG.subarray(0, 8), SECRET]),
      jpeg: JPEG.subarray(0, 40),
      jpegOfText: Buffer.concat([JPEG.subarray(0, 3), SECRET]),
      webp: WEBP.subarray(0, 12),
      xml: Buffer.from("<?xml version='1.0'?><rss/>"),
    };
    for (const [name, file] of Object.entries(others)) {
      expect(await faultOf(file), name).to.be.oneOf(["unknown", "broken"]);
    }
    expect(await faultOf(Buffer.alloc(0))).to.equal("empty");
  });

  it("T153 is refused at every place where it may have been cut off", async () => {
    for (const file of [PNG, JPEG, WEBP, LOSSLESS_WEBP, SVG]) {
      for (let end = 1; end < file.length; end += 1) {
        expect(await faultOf(file.subarray(0, end)), String(end)).to.be.oneOf(["unknown", "broken"]);
      }
    }
  });

  it("T153 loses what is hidden in it or behind its end", async () => {
    const hiding = {
      "a text of a PNG": Buffer.concat([PNG.subarray(0, 33), pngChunk("tEXt", SECRET), PNG.subarray(33)]),
      "Exif of a PNG": Buffer.concat([PNG.subarray(0, 33), pngChunk("eXIf", SECRET), PNG.subarray(33)]),
      "behind a PNG": Buffer.concat([PNG, SECRET]),
      "Exif of a JPEG": inJpeg(0xe1, SECRET),
      "a comment of a JPEG": inJpeg(0xfe, SECRET),
      "behind a JPEG": Buffer.concat([JPEG, SECRET]),
      "Exif of a WebP": inWebp("EXIF", SECRET),
      "behind a WebP": Buffer.concat([WEBP, SECRET]),
      "a comment of an SVG": Buffer.from(SVG.toString().replace("<rect", `<!--${SECRET.toString()}--><rect`)),
    };
    for (const [what, file] of Object.entries(hiding)) {
      expect(file.includes(SECRET), what).to.equal(true);
      const { content } = await imageOf(file);
      expect(content.includes("52.3702"), what).to.equal(false);
    }
  });

  it("T153 is refused with too many pixels or bytes, before anything is unpacked", async () => {
    expect(await imageOf(makePng(MAX_IMAGE_SIDE, 1))).to.include({ width: MAX_IMAGE_SIDE });
    expect(await faultOf(makePng(MAX_IMAGE_SIDE + 1, 1))).to.equal("pixels");
    expect(await faultOf(makePng(60_000, 60_000, Buffer.alloc(10)))).to.equal("pixels");
    const jpeg = Buffer.from(JPEG);
    jpeg.writeUInt16BE(0xffff, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5);
    expect(await faultOf(jpeg)).to.equal("pixels");
    const webp = Buffer.from(LOSSLESS_WEBP);
    webp.writeUInt32LE(0x0fffffff, webp.indexOf("VP8L") + 9);
    expect(await faultOf(webp)).to.equal("pixels");
    expect(await faultOf(Buffer.concat([PNG, Buffer.alloc(MAX_IMAGE_BYTES)]))).to.equal("bytes");
  });

  it("T153 is refused when its data unpack to more or less than its size has", async () => {
    expect(await faultOf(makePng(10, 10, Buffer.alloc(50_000_000)))).to.equal("broken");
    expect(await faultOf(makePng(10, 10, Buffer.alloc(20)))).to.equal("broken");
    const text = pngChunk("zTXt", Buffer.concat([Buffer.from("a\0\0"), Buffer.from(makePng(1, 1))]));
    const bomb = Buffer.concat([PNG.subarray(0, 33), text, PNG.subarray(33)]);
    expect((await imageOf(bomb)).content.includes("zTXt")).to.equal(false);
  });

  it("T153 does not move", async () => {
    expect(await faultOf(inWebp("ANIM", Buffer.alloc(6)))).to.equal("moving");
    const frame = pngChunk("acTL", Buffer.alloc(8));
    const still = await imageOf(Buffer.concat([PNG.subarray(0, 33), frame, PNG.subarray(33)]));
    expect(still.content.equals(PNG)).to.equal(true);
  });

  it("T153 has no more scans than a browser draws quickly", async () => {
    const scan = JPEG.indexOf(Buffer.from([0xff, 0xda]));
    const again = JPEG.subarray(scan, -2);
    const end = JPEG.subarray(-2);
    const many = Buffer.concat([JPEG.subarray(0, scan), ...Array.from({ length: 200 }, () => again), end]);
    expect(await faultOf(many)).to.equal("broken");
  });
});
