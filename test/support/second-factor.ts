import { now } from "../../src/kernel/clock.ts";
import { randomBytes } from "node:crypto";
import { base32 } from "../../src/domain/factors/base32.ts";
import { sealTotpSecret } from "../../src/domain/factors/totp-secret.ts";
import type { User } from "../../src/domain/users/user.ts";
import type { Secret } from "../../src/kernel/secret.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import type { Office, OfficeSecondFactor } from "../../src/domain/offices/office.ts";
import { asOwner } from "./database.ts";
import { HttpBrowser, type Page } from "./http-browser.ts";
import {
  makeOffice,
  makeUser,
  TESTER,
  type TestApplication,
  type TestOffice,
  type TestUser,
} from "./people.ts";
import {
  authorizationRequest,
  follow,
  formAction,
  hiddenField,
  openSignIn,
  sendPassword,
} from "./relying-party.ts";
import { totpAt } from "./totp.ts";
import type { TestVestibule } from "./vestibule.ts";

/** Required at once, by the app. */
export const REQUIRED: OfficeSecondFactor = { demand: "required", from: null, methods: ["totp"] };
export const OFF: OfficeSecondFactor = { ...REQUIRED, demand: "off" };

/** An office that demands the app. */
export async function makeStrictOffice(
  services: Services,
  changes: Parameters<typeof makeOffice>[1] = {},
): Promise<TestOffice> {
  const office = await makeOffice(services, changes);
  await changeOffice(services, office, { secondFactor: REQUIRED });
  return office;
}

export async function changeOffice(
  services: Services,
  office: TestOffice,
  changes: Partial<Office>,
): Promise<void> {
  const found = await services.offices.find(office.id);
  if (found === null) {
    throw new Error(`No office ${office.code}.`);
  }
  await services.officeService.change({ ...found, ...changes }, "test");
}

export interface TestApp {
  /** Base32. */
  readonly secret: string;
  /** Recovery codes of eight digits. */
  readonly codes: readonly string[];
}

/** Gives a user an app of which no code was used yet, and recovery codes, as the pages would. */
export async function giveApp(services: Services, user: TestUser): Promise<TestApp> {
  const { database, secondFactor } = services;
  const { box, totpStore, recoveryCodes } = secondFactor;
  const person = { id: user.id, officeId: user.office.id };
  const secret = base32(randomBytes(20));
  const { codes, save } = await recoveryCodes.prepare();
  await database.inOffice(person.officeId, async (tx) => {
    const sealedSecret = sealTotpSecret(box, person, secret);
    await totpStore.add(tx, person, { sealedSecret, lastStep: 0, confirmedAt: now(), replaces: false });
    await save(tx, person, now());
  });
  return { secret, codes };
}

/** What an administrator does for a user who has lost the factor; answers the code that is handed over. */
export async function resetFactor(services: Services, user: User, reason: string): Promise<Secret> {
  const result = await services.administration.factors.reset(user, { by: TESTER, reason });
  if (result.type !== "reset") {
    throw new Error(`The factor was not reset: ${result.type}.`);
  }
  return result.enrolmentCode;
}

/** Six digits that no step within a quarter of an hour has. */
export function wrongCode(secret: string): string {
  const now = Date.now() / 1000;
  const near = new Set(Array.from({ length: 61 }, (_, index) => totpAt(secret, now + (index - 30) * 30)));
  const codes = Array.from({ length: 100 }, (_, index) => String(100_000 + index));
  return codes.find((code) => !near.has(code)) ?? "";
}

/** A browser that has given the right password: where it stands then. */
export async function passPassword(
  browser: HttpBrowser,
  application: TestApplication,
  user: TestUser,
  changes: Readonly<Record<string, string | null>> = {},
): Promise<Page> {
  const page = await openSignIn(browser, authorizationRequest(browser.issuer, application, changes));
  return givePassword(browser, page, user);
}

export async function givePassword(browser: HttpBrowser, page: Page, user: TestUser): Promise<Page> {
  const { username, password, office } = user;
  return follow(browser, await sendPassword(browser, page, { officeCode: office.code, username, password }));
}

/** Sends a page's form and follows. */
export async function sendForm(
  browser: HttpBrowser,
  page: Page,
  fields: Readonly<Record<string, string>>,
): Promise<Page> {
  return follow(
    browser,
    await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields }),
  );
}

/** The answer after a recovery code that the app, or the number, is lost: the page that sets another one up. */
export const sayLost = (browser: HttpBrowser, page: Page): Promise<Page> =>
  sendForm(browser, page, { answer: "no" });

/** Another page of the same sign-in. */
export const sibling = (page: Page, name: string): string => page.url.replace(/[^/]+$/, name);

/** The name of a page of the sign-in: where its form goes, or its address where it has none. */
export const pageName = (page: Page): string => new URL(formAction(page)).pathname.split("/").at(-1) ?? "";

/** The key that a set-up page shows. */
export const keyOf = ({ body }: Page): string => /data-copy="([A-Z2-7]{32})"/.exec(body)?.[1] ?? "";

/** The recovery codes that a page shows. */
export const codesOn = ({ body }: Page): string[] =>
  [...body.matchAll(/<code>(\d{4}) (\d{4})<\/code>/g)].map(([, one = "", two = ""]) => one + two);

/** Whether a redirect or page leads back to the application with a code. */
export const hasCode = ({ location }: Page): boolean => /[?&]code=/.test(location);

export const newBrowser = ({ issuer, settings }: TestVestibule, port = settings.port): HttpBrowser =>
  new HttpBrowser(issuer, port);

export interface Guard {
  readonly failed_attempts: number;
  readonly failed_since_success: number;
  readonly blocked_until: Date | null;
}

/** The row that counts a user's wrong codes, behind Vestibule's back. */
export async function guardOf(
  { database }: Pick<TestVestibule, "database">,
  { id }: TestUser,
): Promise<Guard> {
  const [row] = await asOwner<Guard>(
    database,
    "select failed_attempts, failed_since_success, blocked_until from second_factor_guard where user_id = $1",
    [id],
  );
  return row ?? { failed_attempts: 0, failed_since_success: 0, blocked_until: null };
}

/** Forgets a user's wrong codes, for tests of many inputs. */
export const clearGuard = ({ database }: Pick<TestVestibule, "database">, { id }: TestUser) =>
  asOwner(database, "delete from second_factor_guard where user_id = $1", [id]);

/** A user of an office of its own that demands the app. */
export async function makeStrictUser(
  services: Services,
  changes: Parameters<typeof makeUser>[2] = {},
): Promise<TestUser> {
  return makeUser(services, await makeStrictOffice(services), changes);
}
