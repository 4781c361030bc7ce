import type { Services } from "../src/server/wiring/services.ts";
import { isEnrolling } from "../src/domain/factors/code-try.ts";
import { newTry } from "../src/domain/factors/guard-store.ts";
import { sealTotpSecret } from "../src/domain/factors/totp-secret.ts";
import { daysAfter, now } from "../src/kernel/clock.ts";
import type { User } from "../src/domain/users/user.ts";

/** The key of every demo user who has an app: add it to a phone, or ask `npx vestibule demo code`. */
export const DEMO_TOTP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/** Numbers that the German regulator keeps for films: no telephone has them, whatever gateway is set. */
const DEMO_NUMBERS = {
  sms: "+491713920011",
  "sms-unconfirmed": "+491713920022",
  "sms-pending": "+491713920033",
} as const;
const DEMO_NEW_NUMBER = "+491713920044";

export type DemoState =
  "new" | "enrolled" | "one-code-left" | "blocked" | "window-closed" | keyof typeof DEMO_NUMBERS;

/** Brings a new demo user into a state, by what the pages would do. */
export async function putInto(services: Services, user: User, state: DemoState): Promise<void> {
  switch (state) {
    case "new":
      return;
    case "enrolled":
      await giveApp(services, user);
      return;
    case "one-code-left":
      await useFiveOf(services, user, await giveApp(services, user));
      return;
    case "blocked":
      await giveApp(services, user);
      await giveThreeWrongCodes(services, user);
      return;
    case "window-closed":
      await closeWindow(services, user);
      return;
    case "sms":
    case "sms-unconfirmed":
    case "sms-pending":
      await giveNumber(services, user, state);
  }
}

/** As after a code to the number was right, or as an administrator enters it. */
async function giveNumber(
  { database, secondFactor }: Services,
  user: User,
  state: keyof typeof DEMO_NUMBERS,
): Promise<void> {
  const { factors, numbers, numberService, recoveryCodes } = secondFactor;
  const number = DEMO_NUMBERS[state];
  if (state === "sms-unconfirmed") {
    await numberService.set(user, number, { actor: "vestibule", reason: null });
    return;
  }
  const { save } = await recoveryCodes.prepare();
  const at = now();
  await database.inOffice(user.officeId, async (tx) => {
    await numbers.put(tx, user, { number, state: "confirmed", enteredBy: "user", at });
    await factors.confirm(tx, user, { kind: "sms", at });
    await save(tx, user, at);
    if (state === "sms-pending") {
      await numbers.request(tx, user, { number: DEMO_NEW_NUMBER, at });
    }
  });
}

/** Answers the recovery codes. */
async function giveApp({ database, secondFactor }: Services, user: User): Promise<string[]> {
  const { box, totpStore, recoveryCodes } = secondFactor;
  const { codes, save } = await recoveryCodes.prepare();
  const sealedSecret = sealTotpSecret(box, user, DEMO_TOTP_KEY);
  await database.inOffice(user.officeId, async (tx) => {
    await totpStore.add(tx, user, { sealedSecret, lastStep: 0, confirmedAt: now(), replaces: false });
    await save(tx, user, now());
  });
  return codes;
}

async function useFiveOf(
  { database, secondFactor }: Services,
  user: User,
  codes: readonly string[],
): Promise<void> {
  const visitor = { address: "127.0.0.1", addressGroup: "127.0.0.1", requestId: "demo" };
  for (const code of codes.slice(1)) {
    const attempt = { type: "recovery", code, binding: "demo" } as const;
    const result = await secondFactor.codes.check({ ...user, language: "en" }, attempt, visitor);
    if (result.type === "accepted" && !isEnrolling(result)) {
      const used = { code: result.effect.code, at: now() };
      await database.inOffice(user.officeId, (tx) => secondFactor.guard.spend(tx, user, used));
    }
  }
}

async function giveThreeWrongCodes({ secondFactor, settings, hash }: Services, user: User): Promise<void> {
  for (let tries = 0; tries < settings.secondFactorGuard.maxFailedAttempts; tries += 1) {
    await secondFactor.guard.reserve(
      user,
      newTry(hash(`demo ${String(tries)}`), { kind: "totp", slot: hash("demo") }),
      now(),
    );
  }
}

/** As if the factor had been reset more than a fortnight ago. */
async function closeWindow({ database, secondFactor }: Services, user: User): Promise<void> {
  const { enrolments } = secondFactor;
  await database.inOffice(user.officeId, (tx) => enrolments.open(tx, user, daysAfter(now(), -15)));
}
