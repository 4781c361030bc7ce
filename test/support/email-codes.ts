import { now } from "../../src/kernel/clock.ts";
import type { Office, OfficeSecondFactor } from "../../src/domain/offices/office.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import { mailsTo } from "./mailbox.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "./people.ts";
import { changeOffice } from "./second-factor.ts";
import type { TestVestibule } from "./vestibule.ts";

/** Required at once, by the app or a code by email. */
const BY_EMAIL: OfficeSecondFactor = { demand: "required", from: null, methods: ["totp", "email"] };

/** An office that accepts codes by email. */
export async function makeEmailOffice(
  services: Services,
  changes: Partial<Office> = {},
): Promise<TestOffice> {
  const office = await makeOffice(services);
  await changeOffice(services, office, { secondFactor: BY_EMAIL, ...changes });
  return office;
}

let made = 0;

/** A user of such an office, whose address has proved nothing yet. */
export async function makeEmailUser(
  services: Services,
  office?: TestOffice,
): Promise<{ user: TestUser; mail: string }> {
  made += 1;
  const mail = `reader${String(made)}@mail.example`;
  const user = await makeUser(services, office ?? (await makeEmailOffice(services)), { mail });
  return { user, mail };
}

/** Proves the address and sets up codes by email, as the page would. */
export async function giveEmailCodes(services: Services, user: TestUser, mail: string): Promise<void> {
  const { database, secondFactor, stores } = services;
  const person = { id: user.id, officeId: user.office.id };
  await database.inOffice(person.officeId, async (tx) => {
    await stores.mailbox.prove(tx, user.id, { mail, at: now() });
    await secondFactor.factors.confirm(tx, person, { kind: "email", at: now() });
  });
}

const CODE = /^(\d{6}) is your .* code$/;

/** The codes that went to an address, the newest first. */
export const mailedCodes = async (vestibule: TestVestibule, mail: string): Promise<string[]> =>
  (await mailsTo(vestibule, mail)).flatMap(({ subject }) => CODE.exec(subject ?? "")?.[1] ?? []);

/** The newest of them; fails when there is none. */
export async function mailedCode(vestibule: TestVestibule, mail: string): Promise<string> {
  const [code] = await mailedCodes(vestibule, mail);
  if (code === undefined) {
    throw new Error(`No code was sent to ${mail}.`);
  }
  return code;
}
