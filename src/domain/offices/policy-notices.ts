import type { Database, Queryable } from "../../platform/database/database.ts";
import type { Notices } from "../../platform/messages/notices.ts";
import type { Task, TaskJobs } from "../../platform/messages/task-jobs.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import { calendarDay } from "../../kernel/date-format.ts";
import { dayPlus, localDay, startOfHour, timeZoneText } from "../../kernel/time-zone.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import { comingPolicies, type ComingPolicy } from "./coming-policies.ts";
import type { Office } from "./office.ts";
import type { OfficeStore } from "./office-store.ts";
import type { PolicyNoticeStore, Round, RoundState, Unprepared } from "./policy-notice-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: PolicyNoticeStore;
  readonly offices: OfficeStore;
  readonly notices: Notices;
  readonly audit: AuditStore;
  readonly jobs: TaskJobs;
  readonly issuer: string;
}

/** How many days before more is required, and on the day itself. */
const DAYS_BEFORE = [14, 7, 1, 0] as const;

/** The hour of the office's day from which mails go: in the morning, when help can be had. */
const HOUR = 8;

/** Twenty mails every two seconds: more could exceed a mail server's limits, and other messages have priority. */
const TURN = { mails: 20, seconds: 2 } as const;

/** A job that waits longer would be removed from the queue, and would miss another time zone of the installation. */
const LONGEST_WAIT_SECONDS = 24 * 60 * 60;

/** Mails that a policy would send. */
export interface NoticePlan {
  readonly policy: ComingPolicy["kind"];
  /** When each round goes; none that is past. */
  readonly rounds: readonly { readonly daysBefore: number; readonly at: Date }[];
  /** Users who have no accepted method now. */
  readonly people: number;
  readonly reachable: number;
  /** The first of the others, by username. */
  readonly unreachable: readonly Unprepared[];
}

/** How many users without a confirmed address a plan names. */
const NAMED = 50;

/**
 * Tells people without a method by mail before one is required. One job for each day of a policy wakes up at least once a day. It
 * sends a round a few mails at a time, each turn in one transaction with its mails, so a turn of a process that dies never happened.
 */
export class PolicyNotices {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In the transaction that decides on the policies. A day that has its job already gets no second one. */
  async schedule(
    tx: Queryable,
    office: PoliciesOf & Pick<Office, "id">,
    before: readonly number[],
  ): Promise<void> {
    const { id } = office;
    const moments = comingPolicies(office)
      .filter(({ from }) => from > now())
      .map(({ from }) => epochSeconds(from));
    for (const turn of new Set(moments)) {
      if (!before.includes(turn)) {
        await this.#deps.jobs.add(tx, { task: "policy-notice", id, officeId: id, turn }, 0);
      }
    }
  }

  /** For each policy that begins on a day to come. */
  plan(office: Office, proposed: PoliciesOf): Promise<readonly NoticePlan[]> {
    const coming = comingPolicies(proposed).filter(({ from }) => from > now());
    return Promise.all(coming.map((policy) => this.#planOf(office, policy)));
  }

  async #planOf(office: Office, policy: ComingPolicy): Promise<NoticePlan> {
    const rounds = roundsOf(office, policy.from).filter(({ day }) => day >= todayOf(office));
    return {
      policy: policy.kind,
      rounds: rounds.map(({ daysBefore, at }) => ({ daysBefore, at })),
      ...(await this.#deps.store.forecast(office.id, policy, NAMED)),
    };
  }

  /** A policy that was taken back or moved has another moment, and its job ends here. */
  async run({ officeId, turn }: Task): Promise<void> {
    const { database, offices, jobs } = this.#deps;
    await database.inOffice(officeId, async (tx) => {
      const office = await offices.find(officeId, tx);
      if (office?.status !== "open") {
        return;
      }
      const coming = comingPolicies(office).filter(({ from }) => epochSeconds(from) === turn);
      let [seconds] = coming.map(({ from }) => waitOf(office, from));
      for (const policy of coming) {
        seconds = (await this.#send(tx, office, policy)) ? TURN.seconds : seconds;
      }
      if (seconds !== undefined && seconds !== null) {
        await jobs.add(tx, { task: "policy-notice", id: officeId, officeId, turn }, seconds);
      }
    });
  }

  /** Sends a few mails of the round of today; returns whether there are more. */
  async #send(tx: Queryable, office: Office, policy: ComingPolicy): Promise<boolean> {
    const { from } = policy;
    const { store } = this.#deps;
    const due = roundsOf(office, from).find(({ day, at }) => day === todayOf(office) && at <= now());
    const round = due === undefined ? null : { policy: policy.kind, from, daysBefore: due.daysBefore };
    const state = round === null ? null : await store.take(tx, round);
    if (round === null || state === null) {
      return false;
    }
    const part = { after: state.lastUser, limit: TURN.mails };
    const users = await store.next(tx, policy, part);
    let mails = 0;
    for (const user of users) {
      mails += (await this.#notify(tx, office, { policy, user })) ? 1 : 0;
    }
    const unreachable = state.unreachable + users.length - mails;
    const isFinished = users.length < TURN.mails;
    const lastUser = users.at(-1)?.id ?? state.lastUser;
    const after: RoundState = { lastUser, mails: state.mails + mails, unreachable };
    await store.move(tx, round, { ...after, finishedAt: isFinished ? now() : null });
    if (isFinished) {
      await this.#record(tx, office, { ...round, ...after });
    }
    return !isFinished;
  }

  #notify(
    tx: Queryable,
    office: Office,
    { policy, user }: { readonly policy: ComingPolicy; readonly user: Unprepared },
  ): Promise<boolean> {
    const { id, name, username, mail, language } = user;
    const to = { id, officeId: office.id, name, mail, language: language ?? office.language };
    const day = calendarDay(localDay(policy.from, office.zone), to);
    const link = `${this.#deps.issuer}/o/${office.code}`;
    const where = { office: office.name, code: office.code, zone: timeZoneText(office.zone) };
    return this.#deps.notices.send(tx, to, policy.notice, { username, day, link, ...where });
  }

  async #record(
    tx: Queryable,
    { id, zone }: Office,
    { policy, from, daysBefore, mails, unreachable }: RoundState & Round,
  ): Promise<void> {
    await this.#deps.audit.add(tx, {
      ...{ type: "policy.notified", outcome: "ok", officeId: id, actor: "vestibule", subject: id },
      details: { policy, from: localDay(from, zone), daysBefore, mails, unreachable },
    });
  }
}

/** What decides on the mails. */
type PoliciesOf = Pick<Office, "secondFactor" | "phishingResistance">;

/** The moments that an office has a job for, in seconds since 1970. */
export const momentsOf = (office: PoliciesOf & Pick<Office, "status">): readonly number[] =>
  office.status === "open" ? comingPolicies(office).map(({ from }) => epochSeconds(from)) : [];

const todayOf = ({ zone }: Office): string => localDay(now(), zone);

/** The rounds before a moment, with the day of each and its hour in the office's zone. */
function roundsOf({ zone }: Office, from: Date) {
  const required = localDay(from, zone);
  return DAYS_BEFORE.map((daysBefore) => {
    const day = dayPlus(required, -daysBefore);
    return { daysBefore, day, at: startOfHour(day, HOUR, zone) };
  });
}

/** Seconds until the next look; null after the last day. */
function waitOf(office: Office, from: Date): number | null {
  const next = roundsOf(office, from).find(({ at }) => at > now());
  if (next === undefined) {
    return null;
  }
  return Math.min(LONGEST_WAIT_SECONDS, Math.max(1, epochSeconds(next.at) - epochSeconds(now())));
}
