import { request } from "node:http";

/** What a page answered. */
export interface Page {
  readonly status: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Absolute address of a redirect; empty without one. */
  readonly location: string;
  readonly setCookies: readonly string[];
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * A browser without eyes: keeps cookies, follows nothing by itself, sends what a browser sends. It connects to the
 * test server whatever host the issuer names, so an https issuer can be tested as behind a proxy.
 */
export class HttpBrowser {
  readonly issuer: string;
  readonly #port: number;
  readonly #language: string;
  readonly #userAgent: string;
  readonly #cookies = new Map<string, Cookie>();

  /** `language`: what it asks pages for, `userAgent`: what it says it is; empty: none. */
  constructor(issuer: string, port: number, language = "", userAgent = "") {
    this.issuer = issuer;
    this.#port = port;
    this.#language = language;
    this.#userAgent = userAgent;
  }

  get(url: string, ask: Ask = {}): Promise<Page> {
    return this.send(url, { method: "GET", ...ask });
  }

  /** Posts a form as a page of the issuer would. */
  post(url: string, fields: Readonly<Record<string, string>>, ask: Ask = {}): Promise<Page> {
    return this.send(url, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      ...ask,
      headers: { "content-type": "application/x-www-form-urlencoded", origin: this.issuer, ...ask.headers },
    });
  }

  async send(url: string, ask: Ask): Promise<Page> {
    const target = new URL(url, this.issuer);
    const cookie = this.cookiesFor(target.pathname);
    const headers = {
      host: target.host,
      accept: "text/html,application/xhtml+xml",
      ...(this.#language === "" ? {} : { "accept-language": this.#language }),
      ...(this.#userAgent === "" ? {} : { "user-agent": this.#userAgent }),
      ...(cookie === "" ? {} : { cookie }),
      ...ask.headers,
    };
    const page = await exchange({
      port: this.#port,
      target,
      method: ask.method ?? "GET",
      headers,
      body: ask.body ?? "",
    });
    page.setCookies.forEach((line) => this.#keep(line));
    return page;
  }

  /** The Cookie header for a path. */
  cookiesFor(path: string): string {
    return [...this.#cookies.values()]
      .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, "/")))
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  cookies(): readonly Cookie[] {
    return [...this.#cookies.values()];
  }

  cookieNames(): string[] {
    return this.cookies().map((cookie) => cookie.name);
  }

  /** Plants or replaces a cookie. */
  plant(name: string, value: string, path = "/"): void {
    this.#cookies.set(`${name} ${path}`, { name, value, path });
  }

  forget(name: string): void {
    [...this.#cookies]
      .filter(([, cookie]) => cookie.name.startsWith(name))
      .forEach(([key]) => this.#cookies.delete(key));
  }

  /** Another browser at the same server, with no cookies. */
  fresh(): HttpBrowser {
    return new HttpBrowser(this.issuer, this.#port, this.#language, this.#userAgent);
  }

  /** Another browser with the same cookies: a stolen copy, or a second tab of a race; also at another server process. */
  copy(port = this.#port): HttpBrowser {
    const other = new HttpBrowser(this.issuer, port, this.#language, this.#userAgent);
    this.#cookies.forEach(({ name, value, path }) => other.plant(name, value, path));
    return other;
  }

  /** The cookies of an answer that a copy of this browser got. */
  keep({ setCookies }: Pick<Page, "setCookies">): void {
    setCookies.forEach((line) => {
      this.#keep(line);
    });
  }

  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split(/; */);
    const name = pair.slice(0, pair.indexOf("="));
    const value = pair.slice(pair.indexOf("=") + 1);
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? "/";
    const isGone = attributes.some((attribute) => /^expires=Thu, 01 Jan 1970/i.test(attribute));
    if (isGone) {
      this.#cookies.delete(`${name} ${path}`);
    } else {
      this.plant(name, value, path);
    }
  }
}

interface Exchange {
  readonly port: number;
  readonly target: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

function exchange({ port, target, method, headers, body }: Exchange): Promise<Page> {
  return new Promise((resolve, reject) => {
    const path = `${target.pathname}${target.search}`;
    // A connection for each request: of several processes behind one port, the next request meets another one.
    const options = { host: "127.0.0.1", port, method, path, headers, agent: false };
    const sent = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const { location } = answer.headers;
        resolve({
          status: answer.statusCode ?? 0,
          url: target.href,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString("utf8"),
          location: location === undefined ? "" : new URL(location, target).href,
          setCookies: answer.headers["set-cookie"] ?? [],
        });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
