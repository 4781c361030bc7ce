import { connect, type Socket } from "node:net";

/** An answer, as far as the flows look at it. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: readonly string[];
  readonly body: string;
}

const HEAD_ENDS = "\r\n\r\n";

/**
 * One keep-alive connection of a virtual user. It speaks just enough HTTP/1.1 for the two servers and costs a tenth
 * of a full client: the driver shares the machine with what it measures.
 */
export class Connection {
  readonly #socket: Socket;
  #received = "";
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (chunk) => {
      this.#received += String(chunk);
      this.#take();
    });
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("The server closed the connection.")));
  }

  /** Sends a request and answers its response; `head` is everything up to the empty line. */
  send(head: string, body = ""): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(`${head}\r\n\r\n${body}`, "latin1");
    });
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #take(): void {
    const end = this.#received.indexOf(HEAD_ENDS);
    if (end === -1) {
      return;
    }
    const head = parseHead(this.#received.slice(0, end));
    const length = lengthOf(head);
    const start = end + HEAD_ENDS.length;
    if (this.#received.length < start + length) {
      return;
    }
    const body = this.#received.slice(start, start + length);
    this.#received = this.#received.slice(start + length);
    this.#waiting?.resolve({ ...head, body });
    this.#waiting = null;
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

type Head = Omit<Answer, "body">;

function parseHead(text: string): Head {
  const [first = "", ...lines] = text.split("\r\n");
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "set-cookie") {
      cookies.push(value);
    }
    headers.set(name, value);
  }
  return { status: Number(first.slice(9, 12)), headers, cookies };
}

function lengthOf({ status, headers }: Head): number {
  const length = headers.get("content-length");
  if (length !== undefined) {
    return Number(length);
  }
  if (status === 204 || status === 304) {
    return 0;
  }
  throw new Error(`An answer without Content-Length (${String(status)}) is more than this client reads.`);
}
