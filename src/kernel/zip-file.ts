import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile as Writer } from "yazl";

type Sink = (bytes: Buffer) => Promise<void>;

/** For its owner alone. */
const MODE = 0o100600;

/**
 * A ZIP file that is written as it comes, so that its size costs no memory. Add each file in turn, then `end`. The only file
 * that knows yazl.
 */
export class ZipFile {
  readonly #writer = new Writer();
  readonly #at: Date;
  readonly #written: Promise<void>;

  /** `at`: the time that its files carry. */
  constructor(sink: Sink, at: Date) {
    this.#at = at;
    this.#written = pipeline(this.#writer.outputStream, async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) {
        await sink(piece);
      }
    });
    // `add` and `end` answer what went wrong; between them it must not end the process.
    this.#written.catch(() => undefined);
  }

  /** Throws what the text or the sink throws. */
  async add(name: string, text: AsyncIterable<string>): Promise<void> {
    const source = Readable.from(text, { objectMode: false });
    try {
      this.#writer.addReadStream(source, name, { mtime: this.#at, mode: MODE });
      await Promise.race([finished(source), this.#written]);
    } finally {
      source.destroy();
    }
  }

  async end(): Promise<void> {
    this.#writer.end();
    await this.#written;
  }
}
