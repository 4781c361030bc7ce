import { setTimeout as wait } from "node:timers/promises";
import { HttpBrowser, type Ask, type Page } from "./http-browser.ts";
import type { TestApplication, TestUser } from "./people.ts";
import { authorizationRequest, follow, redeem, sendPassword, type Request } from "./relying-party.ts";
import { hasCode, sendForm } from "./second-factor.ts";
import { refresh, tokensOf, type Tokens } from "./tokens.ts";
import { totpNow } from "./totp.ts";

/** A user who signs in; with an app's secret (base32) where the office demands one. */
export interface Visitor {
  readonly user: TestUser;
  readonly secret: string | null;
}

/** One sign-in, with what was answered of it. */
export interface Trip {
  readonly visitor: Visitor;
  readonly browser: RecordingBrowser;
  readonly request: Request;
  readonly startedAt: number;
  /** The app's code that was accepted. */
  code?: string;
  redirect?: URL;
  isRedeemed: boolean;
  /** The last ones. */
  tokens?: Tokens;
  refreshes: number;
  /** Whether something was asked for that was not answered; that may be done or not. */
  isWaiting: boolean;
  finishedAt?: number;
}

/** A browser that knows which requests it has sent. */
class RecordingBrowser extends HttpBrowser {
  readonly requestIds = new Set<string>();

  override async send(url: string, ask: Ask): Promise<Page> {
    const page = await super.send(url, ask);
    this.requestIds.add(String(page.headers["x-request-id"]));
    return page;
  }
}

/** An answer that is no answer: the server could not do it, for now. */
class Unavailable extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`A server answered ${String(status)}.`);
    this.status = status;
  }
}

const REFRESHES = 3;
/** A person who is refused does not ask again at once. */
const PAUSE_MS = 100;

interface Load {
  readonly issuer: string;
  readonly ports: readonly number[];
  readonly application: TestApplication;
  /** Who comes next. */
  readonly next: () => Visitor;
}

/** People who sign in at several servers, again and again, until it is over. */
export class FailoverLoad {
  readonly trips: Trip[] = [];
  /** What was answered while it could not be done. */
  readonly refusals: number[] = [];
  readonly #load: Load;
  readonly #crowd: Promise<unknown>;
  #isOver = false;
  #made = 0;

  constructor(load: Load, size: number) {
    this.#load = load;
    this.#crowd = Promise.all(Array.from({ length: size }, () => this.#walkOn()));
    // Heard when it ends.
    this.#crowd.catch(() => undefined);
  }

  finished(): Trip[] {
    return this.trips.filter(({ finishedAt }) => finishedAt !== undefined);
  }

  /** Ends with whatever ended one of them early. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#crowd;
  }

  async #walkOn(): Promise<void> {
    while (!this.#isOver) {
      const trip = this.#begin();
      await walk(trip, this.#load.application).catch(async (error: unknown) => {
        this.#note(error);
        await wait(PAUSE_MS);
      });
    }
  }

  #note(error: unknown): void {
    if (!(error instanceof Unavailable)) {
      throw error;
    }
    this.refusals.push(error.status);
  }

  #begin(): Trip {
    const { issuer, ports, application, next } = this.#load;
    this.#made += 1;
    const port = ports[this.#made % ports.length] ?? 0;
    const trip: Trip = {
      visitor: next(),
      browser: new RecordingBrowser(issuer, port),
      request: authorizationRequest(issuer, application),
      startedAt: performance.now(),
      isRedeemed: false,
      refreshes: 0,
      isWaiting: false,
    };
    this.trips.push(trip);
    return trip;
  }
}

async function walk(trip: Trip, application: TestApplication): Promise<void> {
  const { browser, request } = trip;
  const redirect = await signInOf(trip);
  trip.redirect = redirect;
  let tokens = tokensOf(await answered(trip, redeem(browser, application, { redirect, request })));
  trip.isRedeemed = true;
  trip.tokens = tokens;
  for (; trip.refreshes < REFRESHES; trip.refreshes += 1) {
    tokens = tokensOf(await answered(trip, refresh(browser, application, tokens.refresh)));
    trip.tokens = tokens;
  }
  trip.finishedAt = performance.now();
}

async function signInOf(trip: Trip): Promise<URL> {
  const { browser, request, visitor } = trip;
  const { username, password, office } = visitor.user;
  const begun = await answered(trip, browser.get(request.url));
  const page = await answered(trip, browser.get(begun.location));
  const typed = { officeCode: office.code, username, password };
  const sent = await answered(trip, sendPassword(browser, page, typed));
  const next = await answered(trip, follow(browser, sent));
  if (visitor.secret === null) {
    return redirectOf(next);
  }
  const code = totpNow(visitor.secret);
  const done = await answered(trip, sendForm(browser, next, { code }));
  trip.code = code;
  return redirectOf(done);
}

function redirectOf(page: Page): URL {
  if (!hasCode(page)) {
    throw new Error(`No code, but ${String(page.status)} ${page.location} ${page.body}`);
  }
  return new URL(page.location);
}

async function answered<T extends { readonly status: number }>(trip: Trip, asked: Promise<T>): Promise<T> {
  trip.isWaiting = true;
  const answer = await asked;
  if (answer.status >= 500) {
    throw new Unavailable(answer.status);
  }
  trip.isWaiting = false;
  return answer;
}
