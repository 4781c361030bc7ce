import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { formsOf, type PageForm } from "../../support/page-forms.ts";

/** What a request answered. */
export interface Shown {
  readonly url: string;
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
  /** Absolute address of a redirect; empty without one. */
  readonly location: string;
}

/** How the person who sits at the browser answers the pages of one site. */
export type Answer = (form: PageForm, page: Shown) => Readonly<Record<string, string>> | null;

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly pair: string;
}

/** More than any sign-in takes, brokers included. */
const MOST_STEPS = 30;

/**
 * A person with a browser, without the browser: follows redirects between the client, brokers and Vestibule, keeps the
 * cookies of each host, and answers forms as `answers` says, by origin. It trusts `ca` beside http.
 */
export class Walker {
  readonly #cookies = new Map<string, Cookie>();
  readonly #answers: ReadonlyMap<string, Answer>;
  readonly #ca: string;

  constructor(answers: ReadonlyMap<string, Answer>, ca: string) {
    this.#answers = answers;
    this.#ca = ca;
  }

  /** Opens an address and goes on until a page is shown that is for the caller, or until an address begins with `until`. */
  async open(url: string, until = ""): Promise<Shown> {
    return this.#walk(await this.send("GET", url), until);
  }

  /** Sends a form and goes on as `open` does. */
  async submit({ action, method, fields }: PageForm, until = ""): Promise<Shown> {
    const query = new URLSearchParams(fields).toString();
    const shown =
      method === "post"
        ? await this.send("POST", action, query)
        : await this.send("GET", `${action}?${query}`);
    return this.#walk(shown, until);
  }

  async #walk(from: Shown, until: string): Promise<Shown> {
    let shown = from;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const next = await this.#next(shown, until);
      if (next === null) {
        return shown;
      }
      shown = next;
    }
    throw new Error(`A walk without an end, now at ${shown.url}`);
  }

  async #next(shown: Shown, until: string): Promise<Shown | null> {
    if (shown.location !== "") {
      const hasArrived = until !== "" && shown.location.startsWith(until);
      return hasArrived ? null : this.send("GET", shown.location);
    }
    const answer = this.#answers.get(new URL(shown.url).origin);
    const [form] = formsOf(shown.body, shown.url);
    const fields = form === undefined || answer === undefined ? null : answer(form, shown);
    if (form === undefined || fields === null) {
      return null;
    }
    return this.send("POST", form.action, new URLSearchParams({ ...form.fields, ...fields }).toString());
  }

  /** One request, without following where it leads. */
  async send(
    method: string,
    url: string,
    body = "",
    more: Readonly<Record<string, string>> = {},
  ): Promise<Shown> {
    const target = new URL(url);
    const cookie = this.#cookiesFor(target);
    const headers = {
      accept: "text/html,application/xhtml+xml,*/*;q=0.8",
      ...(cookie === "" ? {} : { cookie }),
      ...(method === "POST"
        ? { "content-type": "application/x-www-form-urlencoded", origin: target.origin, referer: url }
        : {}),
      ...more,
    };
    const open = target.protocol === "https:" ? httpsRequest : httpRequest;
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      open(target, { method, headers, ca: this.#ca === "" ? undefined : this.#ca, family: 4 }, resolve)
        .on("error", reject)
        .end(body);
    });
    (answered.headers["set-cookie"] ?? []).forEach((line) => this.#keep(target, line));
    const { location } = answered.headers;
    return {
      url,
      status: answered.statusCode ?? 0,
      body: await text(answered),
      headers: answered.headers,
      location: location === undefined ? "" : new URL(location, target).href,
    };
  }

  /** Cookies go by host and path; ports share them, as in a browser (RFC 6265 section 8.5). */
  #cookiesFor({ hostname, pathname }: URL): string {
    return [...this.#cookies.values()]
      .filter(({ host, path }) => host === hostname && `${pathname}/`.startsWith(path.replace(/\/?$/, "/")))
      .map(({ pair }) => pair)
      .join("; ");
  }

  #keep({ hostname, pathname }: URL, line: string): void {
    const [pair = "", ...attributes] = line.split(/; */);
    const given = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5);
    const path = given ?? pathname.replace(/\/[^/]*$/, "/");
    const key = `${hostname} ${path} ${pair.slice(0, pair.indexOf("="))}`;
    const isGone = attributes.some((attribute) => /^(expires=.*1970|max-age=0$)/i.test(attribute));
    if (isGone) {
      this.#cookies.delete(key);
    } else {
      this.#cookies.set(key, { host: hostname, path, pair });
    }
  }
}
