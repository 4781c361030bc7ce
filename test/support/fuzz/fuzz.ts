import { captureLog, type LogLine } from "../log-capture.ts";
import { routesOf, BEFORE_ROUTERS } from "../routes.ts";
import type { Seeded } from "../seeded.ts";
import type { World } from "../use-vestibule.ts";
import { bytesOf, emptyDraft, fieldsOf, type Draft } from "./draft.ts";
import { exchange, headerOf } from "./exchange.ts";
import { judge } from "./judge.ts";
import { OPERATORS } from "./operators.ts";
import { makeGround, type Ground } from "./ground.ts";
import { cookieOf, formOf } from "./right-requests.ts";
import { SEEDS } from "./seeds.ts";
import { isWornOut, makeStage, pathFor, type Actor, type Stage } from "./stages.ts";

/** Settings of a server that is fuzzed: everything that can be on is, and no limit of an address ends the run. */
export const FUZZED = {
  VESTIBULE_DEVICE_FLOW: "yes",
  VESTIBULE_TRUSTED_PROXY_HOPS: "1",
  VESTIBULE_GUARD_ACCOUNT_TRIES: "100",
  VESTIBULE_GUARD_ADDRESS_TRIES: "10000",
  VESTIBULE_GUARD_OFFICE_TRIES: "100000",
  VESTIBULE_API_PER_MINUTE: "100000",
} as const;

/** What one spoilt request met. */
export interface Finding {
  readonly route: string;
  readonly actor: Actor;
  readonly operator: string;
  readonly complaints: readonly string[];
  readonly request: string;
  readonly answer: string;
}

export interface FuzzReport {
  readonly requests: number;
  /** How many answers had each status; 0: a connection that ended without one. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly findings: readonly Finding[];
}

/** Uses of a browser and of what its pages are about, before new ones are made. */
const STAGE_USES = 40;

/** Sends spoilt requests to every route of a running server, in an order that follows from the seed. */
export class Fuzzer {
  readonly #world: World;
  readonly #random: (below: number) => number;
  readonly #lines: LogLine[];
  readonly #stages = new Map<Actor, { stage: Stage; left: number }>();
  #ground: Ground | null = null;
  #address = 0;

  constructor(world: World, { next }: Seeded) {
    this.#world = world;
    this.#random = (below) => Math.floor(next() * below);
    this.#lines = captureLog(world.services.log);
  }

  async run(count: number): Promise<FuzzReport> {
    const known = [...new Set([...(await routesOf(this.#world)), ...BEFORE_ROUTERS])];
    requireSeeds(known);
    // What has several right requests has more that can be wrong.
    const routes = known.flatMap((route) => Array.from({ length: SEEDS[route]?.length ?? 1 }, () => route));
    const statuses = new Map<number, number>();
    const findings: Finding[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      const route = routes[sent % routes.length === 0 ? this.#shuffle(routes) : sent % routes.length] ?? "";
      const { finding, status } = await this.#try(route);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      findings.push(...(finding === null ? [] : [finding]));
    }
    return { requests: count, statuses, findings };
  }

  /** What each right request is answered with before anything is spoilt, by route and actor. */
  async sendRight(): Promise<ReadonlyMap<string, readonly number[]>> {
    const known = [...new Set([...(await routesOf(this.#world)), ...BEFORE_ROUTERS])];
    const statuses = new Map<string, number[]>();
    for (const route of known) {
      for (const right of await this.#rightRequests(route)) {
        const answer = await exchange(this.#world.settings.port, bytesOf(right, this.#host), false);
        statuses.set(route, [...(statuses.get(route) ?? []), answer.status]);
      }
    }
    return statuses;
  }

  async #rightRequests(route: string): Promise<Draft[]> {
    const drafts: Draft[] = [];
    for (const seed of SEEDS[route] ?? []) {
      this.#ground ??= await makeGround(this.#world);
      drafts.push(await seed(this.#ground));
    }
    const actors = SEEDS[route] === undefined ? new Set(actorsOf(route)) : [];
    for (const actor of actors) {
      drafts.push(await this.#pageDraft(route, actor));
    }
    return drafts;
  }

  get #host(): string {
    return new URL(this.#world.issuer).host;
  }

  /** A new order for each round, in place; the first one is next. */
  #shuffle(routes: string[]): number {
    for (let last = routes.length - 1; last > 0; last -= 1) {
      const other = this.#random(last + 1);
      [routes[last], routes[other]] = [routes[other] ?? "", routes[last] ?? ""];
    }
    return 0;
  }

  async #try(route: string): Promise<{ finding: Finding | null; status: number }> {
    const { draft, actor } = await this.#draftFor(route);
    const { spoilt, operator } = this.#spoil(draft);
    const bytes = bytesOf(this.#fromSomewhere(spoilt), this.#host);
    this.#lines.length = 0;
    const answer = await exchange(this.#world.settings.port, bytes, spoilt.framing === "long");
    const id = headerOf(answer, "x-request-id");
    const lines = this.#lines.filter(({ requestId }) => requestId === id);
    const complaints = judge({ route, operator, draft: spoilt, answer, lines });
    requireUnpolluted(route, operator);
    const finding = {
      ...{ route, actor, operator, complaints },
      request: bytes.toString("latin1").slice(0, 1_500),
      answer: `${String(answer.status)} ${JSON.stringify([...answer.headers])} ${answer.body.slice(0, 600)} ${JSON.stringify(lines)}`,
    };
    return { finding: complaints.length === 0 ? null : finding, status: answer.status };
  }

  async #draftFor(route: string): Promise<{ draft: Draft; actor: Actor }> {
    const seeds = SEEDS[route];
    const seed = seeds?.[this.#random(seeds.length)];
    if (seed !== undefined) {
      this.#ground ??= await makeGround(this.#world);
      return { draft: await seed(this.#ground), actor: "anonymous" };
    }
    const actors = actorsOf(route);
    const actor = actors[this.#random(actors.length)] ?? "anonymous";
    return { draft: await this.#pageDraft(route, actor), actor };
  }

  /** A page's request by an actor, with the page's own form where it has one. */
  async #pageDraft(route: string, actor: Actor): Promise<Draft> {
    const [method = "", pattern = ""] = route.split(" ");
    const stage = await this.#stage(actor);
    const path = await pathFor(stage, pattern);
    if (method === "GET") {
      const query = fieldsOf(QUERY).filter(() => this.#random(3) === 0);
      return { ...emptyDraft(method, path), query, headers: cookieOf(path, stage.browser) };
    }
    const page = await stage.browser.get(path);
    if (isWornOut(stage, { location: page.location, issuer: this.#world.issuer })) {
      this.#stages.delete(actor);
    }
    return { ...formOf(stage.browser, page, this.#random(4)), path };
  }

  async #stage(actor: Actor): Promise<Stage> {
    const kept = this.#stages.get(actor);
    const fresh =
      kept === undefined || kept.left === 0
        ? { stage: await makeStage(this.#world, actor), left: STAGE_USES }
        : kept;
    fresh.left -= 1;
    this.#stages.set(actor, fresh);
    return fresh.stage;
  }

  /** One thing wrong; of every fourth request two. */
  #spoil(draft: Draft): { spoilt: Draft; operator: string } {
    const once = this.#spoilOnce(draft);
    if (this.#random(4) > 0) {
      return once;
    }
    const { spoilt, operator } = this.#spoilOnce(once.spoilt);
    return { spoilt, operator: `${once.operator} + ${operator}` };
  }

  #spoilOnce(draft: Draft): { spoilt: Draft; operator: string } {
    for (;;) {
      const operator = OPERATORS[this.#random(OPERATORS.length)];
      const spoilt = operator?.apply(draft, { random: this.#random }) ?? null;
      if (operator !== undefined && spoilt !== null) {
        return { spoilt, operator: operator.name };
      }
    }
  }

  /** Each request has an address of its own, as requests of many visitors have behind a proxy. */
  #fromSomewhere(draft: Draft): Draft {
    this.#address += 1;
    const address = `10.${[16, 8, 0].map((bits) => (this.#address >> bits) & 255).join(".")}`;
    return { ...draft, headers: [["X-Forwarded-For", address], ...draft.headers] };
  }
}

/** Every parameter that a page of ours reads from its address. */
const QUERY: Readonly<Record<string, string>> = {
  ...{ lang: "nl", done: "profile", q: "sanne", show: "all", sort: "name", after: "x.y", before: "1" },
  ...{ group: "", outcome: "ok", actor: "sanne", subject: "visitor", from: "2026-01-01", to: "2026-12-31" },
  ...{ other: "1", state: "s", error: "x", code: "c", iss: "i" },
};

function actorsOf(route: string): readonly Actor[] {
  if (route.includes(" /console")) {
    return ["superuser", "support", "superuser", "support", "user", "anonymous"];
  }
  return route.includes(" /account") ? ["user", "user", "user", "anonymous"] : ["anonymous"];
}

const KNOWN_PARAMETERS = new Set("office user id application webhook change token code file".split(" "));

/** Throws for a route with a parameter that nothing here knows a right value for. */
export function requireSeeds(routes: readonly string[]): void {
  const unknown = routes.filter((route) => {
    const [method = "", path = ""] = route.split(" ");
    const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
    const isPage =
      /^\/(console|account|o|reset-password|invitation|not-me|forgot-password|which-office-code|outbox|assets)(\/|$)|^\/$/.test(
        path,
      );
    const isSeeded =
      isPage &&
      (method === "GET" || method === "POST") &&
      parameters.every((name) => KNOWN_PARAMETERS.has(name));
    return SEEDS[route] === undefined && !isSeeded;
  });
  if (unknown.length > 0) {
    throw new Error(
      `The fuzzer has no right request for ${unknown.join(", ")}: add a row to SEEDS in test/support/fuzz/seeds.ts.`,
    );
  }
}

function requireUnpolluted(route: string, operator: string): void {
  if ("polluted" in {} || Object.keys(Object.prototype).length > 0) {
    throw new Error(`${route}, ${operator}: the prototype of all objects was changed.`);
  }
}
