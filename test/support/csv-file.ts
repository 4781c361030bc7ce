/** A file as it comes from a browser or from standard input. */
export type CsvFile = AsyncIterable<Uint8Array>;

/** A file with this content. */
export const csvFile = (content: string | Uint8Array | CsvFile): CsvFile =>
  typeof content === "string" || content instanceof Uint8Array ? piecesOf(Buffer.from(content)) : content;

async function* piecesOf(content: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let place = 0; place < content.length; place += 65_536) {
    yield await Promise.resolve(content.subarray(place, place + 65_536));
  }
}
