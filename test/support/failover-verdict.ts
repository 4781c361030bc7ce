import { HALF_DONE } from "./half-done.ts";
import type { Trip } from "./failover-load.ts";
import type { HttpBrowser } from "./http-browser.ts";
import type { TestApplication } from "./people.ts";
import { redeem } from "./relying-party.ts";
import { refresh, userinfo } from "./tokens.ts";

/** What became of answers while something failed; each is a sentence, and all three are empty when all is well. */
export interface Verdict {
  /** Answered, and not there. */
  readonly lost: string[];
  /** Counted or given twice. */
  readonly doubled: string[];
  /** Neither done nor not done. */
  readonly wrong: string[];
}

interface Witness {
  readonly application: TestApplication;
  /** A server that serves. */
  readonly port: number;
  /** Asks the database as the owner of its tables. */
  ask<Row>(text: string): Promise<Row[]>;
}

/** Looks for each code, token and audit event of these sign-ins. Spends what it finds: a trip can be judged once. */
export async function judge(trips: readonly Trip[], witness: Witness): Promise<Verdict> {
  const verdict: Verdict = { lost: [], doubled: [], wrong: [] };
  const half = await witness.ask<{ what: string }>(HALF_DONE);
  verdict.wrong.push(...half.map(({ what }) => `half done: ${what}`));
  const events = await witness.ask<{ request_id: string }>(
    "select request_id from audit_events where type = 'sign-in' and outcome = 'ok'",
  );
  const ids = new Map<string, number>();
  events.forEach(({ request_id: id }) => ids.set(id, (ids.get(id) ?? 0) + 1));
  for (const trip of trips) {
    judgeEvents(trip, ids, verdict);
    await judgeTokens(trip, witness, verdict);
  }
  return verdict;
}

/** A sign-in that was answered has its event once; another one once or not at all. */
function judgeEvents(trip: Trip, ids: ReadonlyMap<string, number>, verdict: Verdict): void {
  const count = [...trip.browser.requestIds].reduce((sum, id) => sum + (ids.get(id) ?? 0), 0);
  if (count > 1) {
    verdict.doubled.push("an audit event of one sign-in");
  }
  if (count === 0 && trip.redirect !== undefined) {
    verdict.lost.push("the audit event of a sign-in");
  }
}

async function judgeTokens(trip: Trip, { application, port }: Witness, verdict: Verdict): Promise<void> {
  const { redirect, request, tokens, isWaiting } = trip;
  if (redirect === undefined) {
    return;
  }
  const browser: HttpBrowser = trip.browser.copy(port);
  // What was asked and not answered may be done, and then what it spent is gone.
  const isKept = (status: number) => status === 200 || (isWaiting && status === 400);
  const keep = (status: number, what: string) => {
    if (!isKept(status)) {
      verdict.lost.push(`${what}: ${String(status)}`);
    }
  };
  if (tokens === undefined) {
    keep((await redeem(browser, application, { redirect, request })).status, "a code");
  } else {
    const { status } = await userinfo(browser, tokens.access);
    if (status !== 200) {
      verdict.lost.push(`an access token: ${String(status)}`);
    }
    keep((await refresh(browser, application, tokens.refresh)).status, "a refresh token");
  }
  const again = await redeem(browser, application, { redirect, request });
  if (again.status !== 400 || again.body["error"] !== "invalid_grant") {
    verdict.doubled.push(`a code was taken twice: ${String(again.status)}`);
  }
}
