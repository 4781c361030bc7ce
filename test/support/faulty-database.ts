import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { FrontendReader, BackendReader, errorResponse, simpleQuery, type Message } from "./wire.ts";

/** What goes wrong with statements. */
export interface StatementFault {
  /** SQLSTATE that the answer carries. */
  readonly code: string;
  /** Only statements like this; every one without. */
  readonly when?: RegExp;
  /** Of these only the one with this number, from 1; all without. */
  readonly only?: number;
  /** The server ends the connection with it. */
  readonly isFatal?: boolean;
}

/**
 * The way to a database that fails as PostgreSQL can: it speaks enough of the protocol to refuse chosen statements with any
 * SQLSTATE, and passes everything else through. A refused statement fails in the database as well, so that its
 * transaction is really lost.
 */
export class FaultyDatabase {
  readonly #behind: URL;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #refusal: string | null = null;
  #fault: StatementFault | null = null;
  #seen = 0;
  #isFrozen = false;

  private constructor(url: string, server: Server) {
    this.#behind = new URL(url);
    this.#server = server;
  }

  static async open(url: string): Promise<FaultyDatabase> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const faulty = new FaultyDatabase(url, server);
    server.on("connection", (socket) => {
      faulty.#join(socket);
    });
    return faulty;
  }

  /** The same database by this way. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return Object.assign(new URL(this.#behind), { host: `127.0.0.1:${String(port)}` }).href;
  }

  /** Statements fail from now on; connections stay. */
  fail(fault: StatementFault): void {
    this.#fault = fault;
    this.#seen = 0;
  }

  /** How many statements the fault was for, whether they failed or had another number. */
  get seen(): number {
    return this.#seen;
  }

  /** Ends every connection with this SQLSTATE, and answers new ones with it. */
  refuse(code: string): void {
    this.#refusal = code;
    this.#pairs.forEach((pair) => {
      pair.end(code);
    });
  }

  /** Nothing passes any more in either direction, and nothing breaks off. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** Everything is well again; what was frozen goes on. */
  mend(): void {
    this.#fault = null;
    this.#refusal = null;
    this.#isFrozen = false;
    this.#pairs.forEach((pair) => {
      pair.thaw();
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#pairs.forEach((pair) => {
      pair.destroy();
    });
    await closed;
  }

  #join(incoming: Socket): void {
    const outgoing = connect(Number(this.#behind.port), this.#behind.hostname);
    const pair = new Pair(incoming, outgoing, {
      refusal: () => this.#refusal,
      faultOf: (text) => this.#faultOf(text),
      isFrozen: () => this.#isFrozen,
    });
    this.#pairs.add(pair);
    incoming.once("close", () => this.#pairs.delete(pair));
  }

  #faultOf(text: string): StatementFault | null {
    const fault = this.#fault;
    // What undoes a transaction works as long as the connection does.
    if (fault === null || /^\s*rollback/i.test(text) || fault.when?.test(text) === false) {
      return null;
    }
    this.#seen += 1;
    return fault.only === undefined || fault.only === this.#seen ? fault : null;
  }
}

interface Rules {
  refusal(): string | null;
  faultOf(text: string): StatementFault | null;
  isFrozen(): boolean;
}

/** Fails in any transaction and outside of one, and leaves it aborted. */
const FAILS = "do $$ begin raise exception 'of a test'; end $$";

/** One connection, from the server under test to the database. */
class Pair {
  readonly #incoming: Socket;
  readonly #outgoing: Socket;
  readonly #rules: Rules;
  readonly #asked = new FrontendReader();
  readonly #answered = new BackendReader();
  /** Text of the statements that were prepared under a name. */
  readonly #prepared = new Map<string, string>();
  /** What has still to be answered, in order; null passes through. The first answers the start of the connection. */
  readonly #open: (StatementFault | null)[] = [null];
  #group: Message[] = [];
  #held: Buffer[] = [];

  constructor(incoming: Socket, outgoing: Socket, rules: Rules) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#rules = rules;
    incoming.on("data", (piece: Buffer) => {
      this.#ask(piece);
    });
    outgoing.on("data", (piece: Buffer) => {
      this.#answer(piece);
    });
    for (const socket of [incoming, outgoing]) {
      socket.setNoDelay(true);
      socket.on("error", () => {
        this.destroy();
      });
      socket.on("close", () => {
        this.destroy();
      });
    }
  }

  destroy(): void {
    this.#incoming.destroy();
    this.#outgoing.destroy();
  }

  end(code: string): void {
    this.#incoming.end(errorResponse(code, "FATAL"));
    this.#outgoing.destroy();
  }

  thaw(): void {
    const held = this.#held;
    this.#held = [];
    held.forEach((piece) => {
      this.#ask(piece);
    });
  }

  #ask(piece: Buffer): void {
    if (this.#rules.isFrozen()) {
      this.#held.push(piece);
      return;
    }
    const refusal = this.#rules.refusal();
    if (refusal !== null) {
      this.end(refusal);
      return;
    }
    for (const message of this.#asked.read(piece)) {
      this.#gather(message);
    }
  }

  #gather(message: Message): void {
    if (message.type === "" || message.type === "p" || message.type === "X") {
      this.#outgoing.write(message.bytes);
      return;
    }
    this.#group.push(message);
    // A group that PostgreSQL answers as a whole ends with a Sync; a simple query is one by itself.
    if (message.type === "S" || message.type === "Q") {
      this.#send();
    }
  }

  #send(): void {
    const group = this.#group;
    this.#group = [];
    const fault = group.map((message) => this.#textOf(message)).map((text) => this.#rules.faultOf(text));
    const meant = fault.find((each) => each !== null) ?? null;
    this.#open.push(meant);
    if (meant === null) {
      group.forEach((message) => {
        this.#keep(message);
        this.#outgoing.write(message.bytes);
      });
    } else {
      this.#outgoing.write(simpleQuery(FAILS));
    }
  }

  #keep({ type, texts: [name = "", text = ""] }: Message): void {
    if (type === "P") {
      this.#prepared.set(name, text);
    }
  }

  /** A text that matches nothing stands for messages that are no statement. */
  #textOf({ type, texts: [first = "", second = ""] }: Message): string {
    switch (type) {
      case "Q":
        return first;
      case "P":
        return second;
      case "B":
        return this.#prepared.get(second) ?? "rollback";
      default:
        return "rollback";
    }
  }

  #answer(piece: Buffer): void {
    for (const message of this.#answered.read(piece)) {
      const fault = this.#open[0] ?? null;
      if (fault !== null) {
        this.#answerFault(fault, message);
      } else {
        this.#incoming.write(message.bytes);
      }
      if (message.type === "Z") {
        this.#open.shift();
      }
    }
  }

  /** Of what the database says to a refused group, only its end is passed on. */
  #answerFault({ code, isFatal = false }: StatementFault, { type, bytes }: Message): void {
    if (type !== "Z") {
      return;
    }
    if (isFatal) {
      this.end(code);
    } else {
      this.#incoming.write(Buffer.concat([errorResponse(code, "ERROR"), bytes]));
    }
  }
}
