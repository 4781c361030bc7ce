import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile as Writer } from "yazl";

type Sink = (bytes: Buffer) => Promise<void>;

/** A regular file that only its owner can read and write. */
const MODE = 0o100600;

/**
 * Streams a ZIP file, so that memory does not grow with its size. Add the files one after the other, then call `end`. Only this
 * file uses yazl.
 */
export class ZipFile {
  readonly #writer = new Writer();
  readonly #at: Date;
  readonly #written: Promise<void>;

  /** `at`: modification time of the files in the archive. */
  constructor(sink: Sink, at: Date) {
    this.#at = at;
    this.#written = pipeline(this.#writer.outputStream, async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) {
        await sink(piece);
      }
    });
    // `add` and `end` throw the error; an unhandled rejection between them must not end the process.
    this.#written.catch(() => undefined);
  }

  /** Throws the error of the text or of the sink. */
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
