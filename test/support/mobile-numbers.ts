import { settleOutbox } from "./outbox.ts";
import { spend } from "./codes.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import type { NumberState } from "../../src/domain/factors/number-store.ts";
import type { CodeResult, UserContact } from "../../src/domain/factors/code-try.ts";
import type { CodeRequest } from "../../src/domain/factors/sent-code-service.ts";
import type { OfficeSecondFactor } from "../../src/domain/offices/office.ts";
import type { User } from "../../src/domain/users/user.ts";
import { asOwner, type FreshDatabase } from "./database.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "./people.ts";
import { changeOffice } from "./second-factor.ts";

/** Required at once, by app or text message. */
export const BY_SMS: OfficeSecondFactor = { demand: "required", from: null, methods: ["totp", "sms"] };

export const VISITOR = { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "test" };

/** A visitor who has proved the password in the next second, after every change of this one. */
export const justProved = () => ({ visitor: VISITOR, provedAt: Math.floor(Date.now() / 1000) + 1 });

let made = 0;
/** A Dutch mobile number of its own range, so that no two tests share a counter. */
export function newNumber(): string {
  made += 1;
  return `+316${String(1000 + made)}0678`;
}

export async function makeSmsOffice(services: Services): Promise<TestOffice> {
  const office = await makeOffice(services);
  await changeOffice(services, office, { secondFactor: BY_SMS });
  return office;
}

export const personOf = (user: TestUser): UserContact => ({
  id: user.id,
  officeId: user.office.id,
  name: "Sanne Bakker",
  mail: "sanne@mail.example",
  language: "en",
});

export async function storedUser({ users }: Services, user: TestUser): Promise<User> {
  const found = await users.findByUsername(user.office.id, user.username);
  if (found === null) {
    throw new Error("The user is gone.");
  }
  return found;
}

/** Puts a user's number into a state behind the moves' back, with the factor that belongs to it. */
export async function giveNumber(
  { database, secondFactor }: Services,
  user: TestUser,
  {
    number = newNumber(),
    state = "confirmed",
  }: { number?: string; state?: Exclude<NumberState, "none"> } = {},
): Promise<string> {
  const person = personOf(user);
  const at = new Date(Date.now());
  await database.inOffice(person.officeId, async (tx) => {
    await secondFactor.numbers.put(tx, person, { number, state, enteredBy: "user", at });
    if (state === "confirmed") {
      await secondFactor.factors.confirm(tx, person, { kind: "sms", at });
    }
  });
  return number;
}

/** A user of a new office, with a confirmed number. */
export async function makeSmsUser(services: Services): Promise<{ user: TestUser; number: string }> {
  const user = await makeUser(services, await makeSmsOffice(services));
  return { user, number: await giveNumber(services, user) };
}

/** The sign-in of a user, where a test has no other. */
export const bindingOf = (user: TestUser): string => `sign-in of ${user.id}`;

/** A first message of a sign-in, unless `changes` say otherwise. */
export const send = (
  { secondFactor }: Services,
  user: TestUser,
  { number, ...changes }: Partial<CodeRequest> & { number: string },
) =>
  secondFactor.smsSender.sendCode({
    user: personOf(user),
    binding: bindingOf(user),
    purpose: "sign-in",
    visitor: VISITOR,
    isResend: false,
    to: number,
    ...changes,
  });

export interface Sent {
  readonly to: string;
  readonly body: string;
  readonly code: string;
}

/** Every text message so far, the newest first. */
export async function sentSms(database: FreshDatabase, to?: string): Promise<Sent[]> {
  await settleOutbox(database);
  const rows = await asOwner<{ to: string; body: string }>(
    database,
    `select recipient as "to", body from outbox_messages where channel = 'sms' and ($1::text is null or recipient = $1)
     order by id desc`,
    [to ?? null],
  );
  return rows.map((row) => ({ ...row, code: /#(\d{6})$/.exec(row.body)?.[1] ?? "" }));
}

/** The newest code that went to a number; fails when none did. */
export async function lastCode(database: FreshDatabase, to: string): Promise<string> {
  const [sent] = await sentSms(database, to);
  if (sent === undefined || sent.code === "") {
    throw new Error(`No code was sent to ${to}.`);
  }
  return sent.code;
}

/** Six digits that are not these. */
export const otherThan = (code: string, by = 1): string =>
  String((Number(code) + by) % 1_000_000).padStart(6, "0");

/** Tries a code and, when it is right, does what the page would do; answers how it ended. */
export async function tryCode(
  services: Services,
  user: TestUser,
  attempt: Parameters<Services["secondFactor"]["codes"]["check"]>[1],
): Promise<CodeResult["type"] | "used meanwhile"> {
  const { database, secondFactor } = services;
  const person = personOf(user);
  const result = await secondFactor.codes.check(person, attempt, VISITOR);
  if (result.type !== "accepted") {
    return result.type;
  }
  return database
    .inOffice(person.officeId, (tx) => spend(services, user, { tx, code: result }))
    .then(
      (isSpent) => (isSpent ? ("accepted" as const) : ("used meanwhile" as const)),
      (error: unknown) => {
        if (error instanceof Error && error.constructor.name === "CodeUsedMeanwhile") {
          return "used meanwhile" as const;
        }
        throw error;
      },
    );
}
