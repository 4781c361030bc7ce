/** PostgreSQL's protocol, as far as tests take part in it: https://www.postgresql.org/docs/current/protocol-message-formats.html. */
export interface Message {
  /** Empty for the first message of a connection, which has no type. */
  readonly type: string;
  /** Its strings, for a query and what prepares or binds a statement. */
  readonly texts: readonly string[];
  readonly bytes: Buffer;
}

/** Cuts what one side sends into messages. */
class Reader {
  #rest = Buffer.alloc(0);
  #hasBegun: boolean;

  constructor(hasBegun: boolean) {
    this.#hasBegun = hasBegun;
  }

  read(piece: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, piece]);
    const messages: Message[] = [];
    for (let message = this.#next(); message !== null; message = this.#next()) {
      messages.push(message);
    }
    return messages;
  }

  #next(): Message | null {
    const head = this.#hasBegun ? 1 : 0;
    if (this.#rest.length < head + 4) {
      return null;
    }
    const length = head + this.#rest.readInt32BE(head);
    if (this.#rest.length < length) {
      return null;
    }
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#hasBegun = true;
    const type = head === 0 ? "" : String.fromCharCode(bytes[0] ?? 0);
    return { type, texts: "QPB".includes(type) && type !== "" ? textsOf(bytes) : [], bytes };
  }
}

export class FrontendReader extends Reader {
  constructor() {
    super(false);
  }
}

export class BackendReader extends Reader {
  constructor() {
    super(true);
  }
}

/** The first two strings of a message. */
const textsOf = (bytes: Buffer): string[] => bytes.subarray(5).toString("utf8").split("\0", 2);

/** What PostgreSQL says when something fails. */
export function errorResponse(code: string, severity: "ERROR" | "FATAL"): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${code}`, "Mthe fault of a test", "Rof_a_test"];
  return framed("E", `${fields.join("\0")}\0\0`);
}

export const simpleQuery = (text: string): Buffer => framed("Q", `${text}\0`);

function framed(type: string, content: string): Buffer {
  const body = Buffer.from(content);
  const head = Buffer.alloc(5);
  head.write(type, 0);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
