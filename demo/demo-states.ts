import type { Services } from "../src/compose.ts";
import { sealTotpSecret } from "../src/factors/totp-secret.ts";
import { daysAfter } from "../src/kernel/clock.ts";
import type { User } from "../src/users/user.ts";

/** The key of every demo user who has an app: add it to a phone, or ask `vestibule demo code`. */
export const DEMO_TOTP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

export type DemoState = "new" | "enrolled" | "one-code-left" | "blocked" | "window-closed";

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
  }
}

/** Answers the recovery codes. */
async function giveApp({ database, secondFactor }: Services, user: User): Promise<string[]> {
  const { box, clock, factors, recoveryCodes } = secondFactor;
  const { codes, save } = await recoveryCodes.prepare();
  const sealedSecret = sealTotpSecret(box, user, DEMO_TOTP_KEY);
  await database.inOffice(user.officeId, async (tx) => {
    await factors.addTotp(tx, user, { sealedSecret, lastStep: 0, confirmedAt: clock(), replaces: false });
    await save(tx, user, clock());
  });
  return codes;
}

async function useFiveOf(
  { database, secondFactor }: Services,
  user: User,
  codes: readonly string[],
): Promise<void> {
  const { clock, recoveryCodes } = secondFactor;
  for (const code of codes.slice(1)) {
    const hash = await recoveryCodes.match(user, code);
    if (hash !== null) {
      await database.inOffice(user.officeId, (tx) => recoveryCodes.use(tx, user, hash, clock()));
    }
  }
}

async function giveThreeWrongCodes({ secondFactor, settings }: Services, user: User): Promise<void> {
  for (let tries = 0; tries < settings.secondFactorGuard.strikes; tries += 1) {
    await secondFactor.guard.reserve(user, secondFactor.clock());
  }
}

/** As if the factor had been reset more than a fortnight ago. */
async function closeWindow({ database, secondFactor }: Services, user: User): Promise<void> {
  const { clock, enrolments } = secondFactor;
  await database.inOffice(user.officeId, (tx) => enrolments.open(tx, user, daysAfter(clock(), -15)));
}
