import {
  FACTORS,
  forEachFactor,
  policyFor,
  type FactorKind,
  type SecondFactorPolicy,
} from "../factors/factor.ts";
import { areMore } from "../factors/phishing-resistance.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { foldUsername } from "../users/username.ts";
import type { Office, OfficeResistance, OfficeSecondFactor } from "./office.ts";
import type { NamedPeople, PolicyDryRunStore, UserState, UserStateGroup } from "./policy-dry-run-store.ts";

/**
 * The port to the journey: the steps of a user in this state after a correct password. The journey itself computes them,
 * so the dry run cannot differ from what will happen.
 */
export type SignInForecast = (state: UserState, policy: SecondFactorPolicy, at: number) => readonly string[];

/** How many users will see these steps, and what they would see without the change. */
interface AffectedGroup {
  readonly people: number;
  /** Names of steps; empty: the password alone. */
  readonly will: readonly string[];
  readonly now: readonly string[];
}

interface AffectedUser extends Pick<AffectedGroup, "will" | "now"> {
  readonly id: string;
  readonly username: string;
  readonly name: string;
}

/** How many active users lose what a choice of methods takes away, whether they sign in next or not. */
export interface PolicyLosses {
  /** Users of a method, none of whose methods is accepted. */
  readonly byKind: Readonly<Record<FactorKind, number>>;
  /** Users without any method. */
  readonly without: number;
  /** Users with one. */
  readonly having: number;
}

export interface DryRun {
  /** The moment of the forecast: when the policy takes effect. */
  readonly at: Date;
  /** Active users of the office. */
  readonly people: number;
  readonly affected: number;
  readonly groups: readonly AffectedGroup[];
  /** The first of the affected users, by username. */
  readonly names: readonly AffectedUser[];
  /** The cursor of the next page; null at the end. */
  readonly next: string | null;
  readonly losses: PolicyLosses;
  /** Whose passkeys are of other models than the proposed ones; null where any is accepted. */
  readonly otherPasskeys: NamedPeople | null;
  /** Who cannot set up any of the proposed methods, which all send to an email address; null where another is accepted, or none demanded. */
  readonly withoutAddress: NamedPeople | null;
}

interface Deps {
  readonly store: PolicyDryRunStore;
  readonly forecast: SignInForecast;
  readonly frozenFrom: number;
}

const PAGE = 100;
const NO_STEPS = { will: [], now: [] };

/** Shows whom a policy change affects, before it is made. Changes nothing. */
export class PolicyDryRun {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Two statements, whatever the size of the office, one more where models are listed, and one where only an address will do. `after`: the last username of the previous page. */
  async run(
    office: Office,
    proposed: OfficeSecondFactor,
    { after = "", resistance = office.phishingResistance, passkeyModels = office.passkeyModels } = {},
  ): Promise<DryRun> {
    const { store, frozenFrom } = this.#deps;
    const current = now();
    const at = new Date(Math.max(...[current, proposed.from, resistance.from].map(Number)));
    const groups = (await store.groups(office.id, { at, frozenFrom })).map((group) => ({
      ...group,
      will: this.#stepsOf(
        group,
        policyOf(proposed, resistance, sincesOf(office, resistance, { ...group, now: current })),
        at,
      ),
      now: this.#stepsOf(group, policyOf(office.secondFactor, office.phishingResistance, group), at),
    }));
    const affected = groups.filter(({ will, now: before }) => will.join(" ") !== before.join(" "));
    const steps = new Map(affected.map(({ key, will, now: before }) => [key, { will, now: before }]));
    const page = { keys: [...steps.keys()], after: foldUsername(after), limit: PAGE + 1 };
    const found = affected.length === 0 ? [] : await store.members(office.id, { at, frozenFrom }, page);
    const names = found
      .slice(0, PAGE)
      .map(({ key, ...user }) => ({ ...user, ...(steps.get(key) ?? NO_STEPS) }));
    return {
      at,
      people: sum(groups),
      affected: sum(affected),
      groups: mergeLines(affected),
      names,
      next: found.length > PAGE ? (names.at(-1)?.username ?? null) : null,
      losses: lossesOf(groups, proposed.methods),
      otherPasskeys: passkeyModels === null ? null : await store.others(office.id, passkeyModels, PAGE),
      withoutAddress: needsAddress(proposed) ? await store.withoutAddress(office.id, PAGE) : null,
    };
  }

  /** What accepting only these methods takes away, for each set of methods that a page offers. One statement. */
  async lossesOfEach(
    office: Pick<Office, "id">,
    choices: readonly (readonly FactorKind[])[],
  ): Promise<readonly PolicyLosses[]> {
    const { store, frozenFrom } = this.#deps;
    const groups = await store.groups(office.id, { at: now(), frozenFrom });
    return choices.map((methods) => lossesOf(groups, methods));
  }

  #stepsOf({ state }: UserStateGroup, policy: SecondFactorPolicy, at: Date): readonly string[] {
    const seconds = epochSeconds(at);
    return this.#deps.forecast(state, policyFor(policy, state.role, seconds), seconds);
  }
}

const needsAddress = ({ demand, methods }: OfficeSecondFactor): boolean =>
  demand === "required" && methods.every((kind) => FACTORS[kind].sentBy === "mail");

type Sinces = Pick<UserStateGroup, "since" | "resistantSince">;

/** As the change would store it: requiring it anew, or of more users, starts the enrolment time anew. */
const sincesOf = (
  office: Office,
  { of }: OfficeResistance,
  { since, resistantSince, now }: Sinces & { readonly now: Date },
): Sinces => ({
  since: office.secondFactor.demand === "off" ? epochSeconds(now) : since,
  resistantSince: areMore(of, office.phishingResistance.of) ? epochSeconds(now) : resistantSince,
});

/** As in a browser that is not trusted: a trusted one replaces the code, but only its owner has it. */
const policyOf = (
  { demand, from, methods }: OfficeSecondFactor,
  { of, from: begins }: OfficeResistance,
  { since, resistantSince }: Sinces,
): SecondFactorPolicy => ({
  demand,
  methods,
  from: secondsOf(from),
  since,
  trust: null,
  resistance: { of, from: secondsOf(begins), since: resistantSince },
});

const secondsOf = (from: Date | null): number | null => (from === null ? null : epochSeconds(from));

function lossesOf(groups: readonly UserStateGroup[], methods: readonly FactorKind[]): PolicyLosses {
  const having = groups.filter(({ state }) => state.factors.length > 0);
  const losing = having.filter(({ state }) => !state.factors.some((kind) => methods.includes(kind)));
  return {
    byKind: forEachFactor((kind) => sum(losing.filter(({ state }) => state.factors.includes(kind)))),
    without: sum(groups) - sum(having),
    having: sum(having),
  };
}

const sum = (groups: readonly { readonly people: number }[]): number =>
  groups.reduce((total, { people }) => total + people, 0);

/** Groups with the same steps before and after become one line, the largest first. */
function mergeLines(groups: readonly AffectedGroup[]): AffectedGroup[] {
  const lines = new Map<string, AffectedGroup>();
  for (const { people, will, now } of groups) {
    const key = JSON.stringify([will, now]);
    lines.set(key, { people: people + (lines.get(key)?.people ?? 0), will, now });
  }
  return [...lines.values()].sort((one, other) => other.people - one.people);
}
