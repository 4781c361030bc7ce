import { pipeline } from "node:stream/promises";
import { crc32, createDeflateRaw } from "node:zlib";

/** A ZIP file that is written as it comes, so that its size costs no memory. This folder knows nobody. */

interface Entry {
  readonly name: Buffer;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
}

type Sink = (bytes: Buffer) => Promise<void>;

const VERSION = 20;
/** Sizes stand behind the data; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
/** Regular file, for its owner alone. */
const MODE = 0o100600;
/** Past this the format needs other headers. */
const LARGEST = 0xffff_ffff;

/** Add each file in turn, then `end`. PKWARE APPNOTE 6.3, without ZIP64: throws at four gigabytes. */
export class ZipFile {
  readonly #sink: Sink;
  readonly #stamp: Buffer;
  readonly #entries: Entry[] = [];
  #written = 0;

  /** `at`: the time that its files carry, in UTC. */
  constructor(sink: Sink, at: Date) {
    this.#sink = sink;
    this.#stamp = stampOf(at);
  }

  async add(name: string, text: AsyncIterable<string>): Promise<void> {
    const offset = this.#written;
    const bytes = Buffer.from(name);
    await this.#write(this.#localHeader(bytes));
    const { crc, size, compressed } = await this.#deflate(text);
    await this.#write(numbers([4, 0x0807_4b50], [4, crc], [4, compressed], [4, size]));
    this.#entries.push({ name: bytes, crc, compressed, size, offset });
  }

  async end(): Promise<void> {
    const start = this.#written;
    for (const entry of this.#entries) {
      await this.#write(this.#centralHeader(entry));
    }
    const count = this.#entries.length;
    const length = this.#written - start;
    await this.#write(
      numbers([4, 0x0605_4b50], [4, 0], [2, count], [2, count], [4, length], [4, start], [2, 0]),
    );
  }

  async #deflate(text: AsyncIterable<string>) {
    const total = { crc: 0, size: 0, compressed: 0 };
    await pipeline(
      text,
      async function* (chunks: AsyncIterable<string>) {
        for await (const chunk of chunks) {
          const bytes = Buffer.from(chunk);
          total.crc = crc32(bytes, total.crc);
          total.size += bytes.length;
          yield bytes;
        }
      },
      createDeflateRaw(),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          total.compressed += chunk.length;
          await this.#write(chunk);
        }
      },
    );
    return total;
  }

  #localHeader(name: Buffer): Buffer {
    const fixed = numbers([4, 0x0403_4b50], [2, VERSION], [2, FLAGS], [2, DEFLATED]);
    const sizes = numbers([4, 0], [4, 0], [4, 0], [2, name.length], [2, 0]);
    return Buffer.concat([fixed, this.#stamp, sizes, name]);
  }

  #centralHeader({ name, crc, compressed, size, offset }: Entry): Buffer {
    const fixed = numbers([4, 0x0201_4b50], [2, 0x0300 + VERSION], [2, VERSION], [2, FLAGS], [2, DEFLATED]);
    const sizes = numbers([4, crc], [4, compressed], [4, size], [2, name.length], [2, 0], [2, 0]);
    const place = numbers([2, 0], [2, 0], [4, MODE * 0x1_0000], [4, offset]);
    return Buffer.concat([fixed, this.#stamp, sizes, place, name]);
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#written += bytes.length;
    if (this.#written > LARGEST) {
      throw new Error("A ZIP file of this kind holds four gigabytes at most.");
    }
    await this.#sink(bytes);
  }
}

/** Little-endian numbers of two or four bytes. */
function numbers(...parts: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    parts.map(([bytes, value]) => {
      const part = Buffer.alloc(bytes);
      part.writeUIntLE(value, 0, bytes);
      return part;
    }),
  );
}

/** Time and date as MS-DOS kept them. */
function stampOf(at: Date): Buffer {
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return numbers([2, time], [2, date]);
}
