import { createHash, randomBytes } from "node:crypto";
import { expect } from "chai";
import type { HttpBrowser, Page } from "./http-browser.ts";
import { formsOf } from "./page-forms.ts";
import { makeApplication, type TestApplication, type TestUser } from "./people.ts";
import type { Recorded, RecordedRequest } from "./recorded-client.ts";
import { basic, claimsOf } from "./relying-party.ts";
import type { World } from "./use-vestibule.ts";

/** Where a recorded client is said to listen. */
const PORT = "8123";
const HERE = `http://localhost:${PORT}`;

const OWN = "…";
const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
/** More than any sign-in takes. */
const MOST_STEPS = 12;

type Fields = Readonly<Record<string, string>>;

/** Sends what a client has sent, with values of its own in place of those that differ at each sign-in. */
export class ReplayedClient {
  /** Claims of the last ID token, and what userinfo said last. */
  idToken: Record<string, unknown> = {};
  userinfo: Record<string, unknown> = {};
  /** Whom the last tokens are about. */
  sub: unknown;
  readonly #issuer: string;
  readonly #browser: HttpBrowser;
  readonly #application: TestApplication;
  readonly #user: TestUser;
  readonly #own: Record<string, string>;
  #accessToken = "";

  private constructor(browser: HttpBrowser, application: TestApplication, user: TestUser) {
    this.#issuer = browser.issuer;
    this.#browser = browser;
    this.#application = application;
    this.#user = user;
    this.#own = { client_id: application.id, client_secret: application.secret ?? "" };
  }

  /** Registers what the record says. The client itself comes first. */
  static async registered(
    world: World,
    { registrations }: Recorded,
    user: TestUser,
  ): Promise<ReplayedClient> {
    const made: TestApplication[] = [];
    for (const registration of registrations) {
      const draft = placed(registration, world.issuer);
      made.push(await makeApplication(world.services, { homeUrl: `${HERE}/`, ...draft }));
    }
    return new ReplayedClient(world.browser(), made[0] ?? expect.fail("no registration"), user);
  }

  /** Sends a request; throws unless it is answered as the client needs it. */
  async send(request: RecordedRequest): Promise<void> {
    const { path, parameters } = request;
    switch (path) {
      case "/authorize":
        return this.#authorize(placed(parameters, this.#issuer));
      case "/sign-out":
        return this.#signOut(request);
      default:
        return this.#call(request);
    }
  }

  /** What an authorization request is refused with, sent without some of its parameters. */
  async refusal({ parameters }: RecordedRequest, without: readonly string[]): Promise<Fields> {
    this.#makeOwn();
    const kept = Object.entries(placed(parameters, this.#issuer)).filter(([name]) => !without.includes(name));
    const { location } = await this.#browser.get(`/authorize?${this.#filled(Object.fromEntries(kept))}`);
    return searchOf(location);
  }

  async #authorize(parameters: Fields): Promise<void> {
    const isNew = parameters["request_uri"] !== OWN;
    if (isNew) {
      this.#makeOwn();
    }
    const shown = await this.#walk(await this.#browser.get(`/authorize?${this.#filled(parameters)}`));
    const [form] = formsOf(shown.body, shown.url);
    const answer = shown.location === "" ? (form?.fields ?? {}) : searchOf(shown.location);
    expect(answer, `the answer at ${shown.url}`).to.include.keys("code");
    // Some send none; in a pushed request it is not in the address.
    if (!isNew || "state" in parameters) {
      expect(answer["state"]).to.equal(this.#own["state"]);
    }
    this.#own["code"] = answer["code"] ?? "";
  }

  /** Values that a client makes for each sign-in. */
  #makeOwn(): void {
    const verifier = randomBytes(32).toString("base64url");
    Object.assign(this.#own, {
      state: randomBytes(8).toString("base64url"),
      nonce: randomBytes(8).toString("base64url"),
      code_verifier: verifier,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    });
  }

  async #signOut({ method, parameters }: RecordedRequest): Promise<void> {
    const given = placed(parameters, this.#issuer);
    const query = this.#filled(given);
    const opened =
      method === "POST"
        ? await this.#browser.send("/sign-out", {
            method,
            body: query,
            headers: { "content-type": "application/x-www-form-urlencoded" },
          })
        : await this.#browser.get(`/sign-out?${query}`);
    const left = await this.#walk(opened);
    const back = given["post_logout_redirect_uri"];
    expect(left.status, left.body).to.be.below(400);
    if (back !== undefined) {
      expect(left.location.startsWith(back), `${left.location} instead of ${back}`).to.equal(true);
    }
  }

  async #call(request: RecordedRequest): Promise<void> {
    const { method, path, parameters, authorization } = request;
    if (path === "/par") {
      this.#makeOwn();
    }
    const { id, secret } = this.#application;
    const proof = authorization === "bearer" ? `Bearer ${this.#accessToken}` : basic(id, secret ?? "");
    const body = this.#filled(placed(parameters, this.#issuer));
    const answered = await this.#browser.send(path, {
      method,
      headers: {
        accept: "application/json",
        ...(method === "POST" ? { "content-type": "application/x-www-form-urlencoded" } : {}),
        ...(authorization === "" ? {} : { authorization: proof }),
      },
      ...(method === "POST" ? { body } : {}),
    });
    expect(answered.status, `${method} ${path}: ${answered.body}`).to.be.within(200, 201);
    await this.#keep(path, JSON.parse(answered.body) as Record<string, unknown>);
  }

  async #keep(path: string, said: Readonly<Record<string, unknown>>): Promise<void> {
    const text = (name: string) => String(said[name]);
    if (path === "/userinfo") {
      this.userinfo = said;
    }
    if (path === "/par") {
      this.#own["request_uri"] = text("request_uri");
    }
    if (path === "/device/authorize") {
      this.#own["device_code"] = text("device_code");
      await this.#walk(await this.#browser.get(text("verification_uri_complete")));
    }
    if (path === "/token") {
      this.#accessToken = text("access_token");
      this.#own["access_token"] = this.#accessToken;
      this.#own["refresh_token"] = said["refresh_token"] === undefined ? "" : text("refresh_token");
      this.#own["id_token_hint"] = text("id_token");
      // Without the scope openid there is an access token for a resource server alone.
      this.idToken = said["id_token"] === undefined ? {} : claimsOf(said["id_token"]);
      this.sub = this.idToken["sub"] ?? claimsOf(said["access_token"])["sub"];
    }
  }

  /** Follows redirects and answers pages of Vestibule, until one leads away. */
  async #walk(from: Page): Promise<Page> {
    let shown = from;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const next = await this.#next(shown);
      if (next === null) {
        break;
      }
      shown = next;
    }
    return shown;
  }

  async #next(shown: Page): Promise<Page | null> {
    if (shown.location !== "") {
      return shown.location.startsWith(`${this.#issuer}/`) ? this.#browser.get(shown.location) : null;
    }
    const [form] = formsOf(shown.body, shown.url);
    if (form === undefined || !form.action.startsWith(`${this.#issuer}/`)) {
      return null;
    }
    const { office, username, password } = this.#user;
    const typed = "password" in form.fields ? { officeCode: office.code, username, password } : {};
    return this.#browser.post(form.action, { ...form.fields, ...typed });
  }

  #filled(parameters: Fields): string {
    const filled = Object.entries(parameters).map(([name, value]): [string, string] => [
      name,
      value === OWN ? (this.#own[name] ?? "") : value,
    ]);
    return new URLSearchParams(filled).toString();
  }
}

const searchOf = (url: string): Fields => Object.fromEntries(new URL(url).searchParams);

const placed = <T>(value: T, issuer: string): T =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll("{here}", HERE)
      .replaceAll("{issuer}", issuer)
      .replaceAll("{port}", PORT),
  ) as T;

/** The requests in their order; those that came alike and one after the other came at the same moment. */
export function atTheSameMoment(
  requests: readonly RecordedRequest[],
): readonly (readonly RecordedRequest[])[] {
  const groups: RecordedRequest[][] = [];
  for (const request of requests) {
    const last = groups.at(-1);
    const isAlike = last !== undefined && JSON.stringify(last[0]) === JSON.stringify(request);
    const isPolling = request.parameters["grant_type"] === DEVICE;
    if (isAlike && !isPolling) {
      last.push(request);
    } else if (!isAlike) {
      groups.push([request]);
    }
  }
  return groups;
}
