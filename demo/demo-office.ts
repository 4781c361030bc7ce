import type { Services } from "../src/server/wiring/services.ts";
import { markDemo } from "../src/platform/database/demo-marks.ts";
import { Secret } from "../src/kernel/secret.ts";
import { putInto, type DemoState } from "./demo-states.ts";
import { newOfficeSchema, type OfficeSecondFactor } from "../src/domain/offices/office.ts";
import { newUserSchema, type User } from "../src/domain/users/user.ts";
import type { Actor } from "../src/domain/access/actor.ts";
import type { Role } from "../src/domain/access/role.ts";

/** Public, as these lines are; that is why production refuses the demo. */
export const DEMO_PASSWORD = "lantern-harbour-quiet-27";

export const DEMO_OFFICE = { code: "DEMO", name: "Demo & Partners" } as const;
/** Staff of the platform, in an office of their own; the console shows them every other one. */
export const DEMO_SUPPORT = { username: "dana", name: "Dana Mol", role: "support" } as const;
export const PLAIN_OFFICE = { code: "PLAIN", name: "Plain Bookkeeping" } as const;
export const PASSKEY_OFFICE = { code: "KEYS", name: "Keys & Daughters" } as const;

interface DemoUser {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly state: DemoState;
  readonly about: string;
}

/** A user in every state that a newcomer may want to see. */
export const DEMO_USERS: readonly DemoUser[] = [
  { username: "anna", name: "Anna de Vries", role: "user", state: "new", about: "has no second factor yet" },
  {
    username: "bram",
    name: "Bram Jansen",
    role: "accountant",
    state: "enrolled",
    about: "an accountant with the app, in the console too",
  },
  {
    username: "chris",
    name: "Chris Smit",
    role: "superuser",
    state: "enrolled",
    about: "the superuser, with the app; runs the office in the console",
  },
  {
    username: "dora",
    name: "Dora Visser",
    role: "user",
    state: "one-code-left",
    about: "the app, one recovery code left",
  },
  {
    username: "emre",
    name: "Emre Yilmaz",
    role: "user",
    state: "blocked",
    about: "blocked for 15 minutes from the first start",
  },
  {
    username: "finn",
    name: "Finn Mulder",
    role: "user",
    state: "window-closed",
    about: "came too late to enrol",
  },
  {
    username: "gina",
    name: "Gina Bos",
    role: "user",
    state: "sms",
    about: "text messages; they land in the outbox",
  },
  {
    username: "hugo",
    name: "Hugo Peters",
    role: "user",
    state: "sms-unconfirmed",
    about: "a mobile number that the office has entered",
  },
  {
    username: "ines",
    name: "Ines Meijer",
    role: "user",
    state: "sms-pending",
    about: "text messages, and has asked for another number",
  },
];

/** A passkey is accepted too, and takes the place of the password. */
const WITH_PASSKEYS = { isPasswordless: true, kinds: ["passkey"] } as const;

/** Makes the offices with their people by the same functions as the command line; does nothing where they are there. */
export async function makeDemoOffices(services: Services): Promise<void> {
  const isNew = (await services.offices.findByCode(DEMO_OFFICE.code)) === null;
  const demo = await makeOffice(services, DEMO_OFFICE, "required");
  for (const draft of DEMO_USERS) {
    const user = await makeUser(services, demo, draft);
    if (user !== null) {
      await putInto(services, user, draft.state);
    }
  }
  const plain = await makeOffice(services, PLAIN_OFFICE, "off");
  await makeUser(services, plain, { username: "anna", name: "Anna de Vries", role: "user" });
  const keys = await makeOffice(services, PASSKEY_OFFICE, "required", WITH_PASSKEYS);
  await makeUser(services, keys, { username: "anna", name: "Anna de Vries", role: "user" });
  await makeSupport(services);
  if (isNew && services.settings.gateways.mail === "outbox") {
    const welcome = {
      channel: "mail",
      officeId: null,
      to: "anna@demo.example",
      subject: "This is the outbox",
      text: "Mail and text messages land here instead of going out, as long as the gateways are set to the outbox.",
    } as const;
    await services.database.transaction((tx) => services.messages.queue.send(tx, welcome));
  }
}

async function makeSupport(services: Services): Promise<void> {
  const office = await services.officeService.supportOffice(services.settings.productName, "vestibule");
  const user = await makeUser(services, office, DEMO_SUPPORT);
  if (user !== null) {
    await putInto(services, user, "enrolled");
  }
}

const USUAL = { isPasswordless: false, kinds: [] } as const;

interface Office {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** Its users choose among the methods of every new office, and `kinds`. */
async function makeOffice(
  { offices, officeService }: Services,
  draft: { code: string; name: string },
  demand: OfficeSecondFactor["demand"],
  { isPasswordless, kinds }: { isPasswordless: boolean; kinds: OfficeSecondFactor["methods"] } = USUAL,
): Promise<Office> {
  const existing = await offices.findByCode(draft.code);
  if (existing !== null) {
    return existing;
  }
  const parsed = newOfficeSchema.parse({ ...draft, accent: "#0b6e6e" });
  const id = await officeService.add(parsed, "vestibule", markDemo("office"));
  const made = await offices.find(id);
  if (made !== null) {
    const methods = [...kinds, ...made.secondFactor.methods];
    const secondFactor = { ...made.secondFactor, demand, methods };
    await officeService.change({ ...made, isPasswordless, secondFactor }, "vestibule");
  }
  return { id, code: draft.code, name: draft.name };
}

/** Vestibule itself, which fills an empty installation. */
const DEMO: Actor = { id: "vestibule", officeId: null, role: "operator" };

/** The new user; null when there was one already. */
async function makeUser(
  { users, administration }: Services,
  office: Office,
  { username, name, role }: Pick<DemoUser, "username" | "name" | "role">,
): Promise<User | null> {
  if ((await users.findByUsername(office.id, username)) !== null) {
    return null;
  }
  const mail = `${username}@${office.code.toLowerCase()}.example`;
  const draft = newUserSchema.parse({ username, name, role, mail });
  // Every visitor of the demo uses the same printed password, so it is not changed at the first sign-in.
  const access = { password: new Secret(DEMO_PASSWORD), by: DEMO, also: markDemo("user"), stays: true };
  const { type } = await administration.users.addWithPassword(draft, office, access);
  if (type !== "added") {
    throw new Error(`The demo's user ${username} was not added: ${type}.`);
  }
  const user = await users.findByUsername(office.id, username);
  if (user !== null) {
    await administration.users.proveMail(user, DEMO);
  }
  return user;
}
