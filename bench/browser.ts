import { Connection, type Answer } from "./connection.ts";

type Headers = Readonly<Record<string, string>>;

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** What a virtual user sends requests with: a connection, and the cookies of one browser. */
export class Browser {
  readonly port: number;
  /** Called with each answered request ("GET /path") and its milliseconds. */
  onAnswer: ((request: string, milliseconds: number) => void) | null = null;
  readonly #host: string;
  readonly #address: string | null;
  readonly #cookies = new Map<string, Cookie>();
  #connection: Connection | null = null;

  /** `address`: what a proxy in front says of the visitor's, where the server believes one. */
  constructor(port: number, issuer: string, address: string | null = null) {
    this.port = port;
    this.#address = address;
    this.#host = new URL(issuer).host;
  }

  /** A new browser on the same connection. */
  forget(): void {
    this.#cookies.clear();
  }

  async get(path: string, headers: Headers = {}): Promise<Answer> {
    return this.#keep(await this.#send(this.#head("GET", path, headers)));
  }

  async post(path: string, form: Readonly<Record<string, string>>, headers: Headers = {}): Promise<Answer> {
    const body = new URLSearchParams(form).toString();
    const sent = {
      ...headers,
      "Content-Type": "application/x-www-form-urlencoded",
      "Content-Length": String(body.length),
    };
    return this.#keep(await this.#send(this.#head("POST", path, sent), body));
  }

  /** Gives the connection up; the next request opens another. */
  hangUp(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  async #send(head: string, body?: string): Promise<Answer> {
    this.#connection ??= new Connection(this.port);
    const began = performance.now();
    const answer = await this.#connection.send(head, body);
    this.onAnswer?.(head.slice(0, head.indexOf(" HTTP/")), performance.now() - began);
    return answer;
  }

  /** A proxy in front would have ended TLS; both servers are configured alike. */
  #head(method: string, path: string, headers: Headers): string {
    const lines = [`${method} ${path} HTTP/1.1`, `Host: ${this.#host}`, "X-Forwarded-Proto: https"];
    if (this.#address !== null) {
      lines.push(`X-Forwarded-For: ${this.#address}`);
    }
    for (const [name, value] of Object.entries(headers)) {
      lines.push(`${name}: ${value}`);
    }
    const cookies = [...this.#cookies].filter(([, cookie]) => path.startsWith(cookie.path));
    if (cookies.length > 0) {
      lines.push(`Cookie: ${cookies.map(([name, { value }]) => `${name}=${value}`).join("; ")}`);
    }
    return lines.join("\r\n");
  }

  /** Ends are left out of account, as no flow comes near one; a deletion is a cookie without a value. */
  #keep(answer: Answer): Answer {
    for (const cookie of answer.cookies) {
      const [pair = "", ...attributes] = cookie.split("; ");
      const equals = pair.indexOf("=");
      const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice("path=".length) ?? "/";
      if (value === "") {
        this.#cookies.delete(name);
      } else {
        this.#cookies.set(name, { value, path });
      }
    }
    return answer;
  }
}
