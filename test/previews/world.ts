import { asOwner } from "../support/database.ts";
import { startDemo, type TestDemo } from "../support/demo.ts";
import { theBrowser } from "../support/browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestUser,
} from "../support/people.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";
import { PageError, type ErrorKind } from "../../src/kernel/errors.ts";
import type { NewPasswordFault } from "../../src/domain/credentials/new-password-check.ts";

/** All users and things that the previews show. */
export interface World {
  readonly demo: TestDemo;
  /** As a company runs it: https, no marks of development. */
  readonly production: TestVestibule;
  readonly productionApplication: TestApplication;
  /** Of the production, for devices. */
  readonly television: TestApplication;
  readonly ledger: TestApplication;
  /** Of one office with an accent colour. */
  readonly pinned: TestApplication;
  /** Of a third party, with a logo. */
  readonly foreign: TestApplication;
  /** Of a third party, without one, with a name that never ends. */
  readonly wordy: TestApplication;
  readonly user: TestUser;
  readonly wordyUser: TestUser;
  readonly blockedUser: TestUser;
  close(): Promise<void>;
}

const LONG_OFFICE =
  "Administratiekantoor Van der Meulen, Schimmelpenninck & Zonen Belastingadviseurs Groningen";
const LONG_APPLICATION =
  "Salarisadministratie- en verzuimregistratieportaal voor samenwerkende accountantskantoren";
const LONG_NAME = "Wilhelmina Alexandra Johanna van Heeckeren tot Nettelhorst-Hoogendijk van Domselaar";
/** The logo of an office. */
export const DRAWING = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 48"><circle cx="24" cy="24" r="20" fill="#e0a100"/>
  <circle cx="24" cy="24" r="9" fill="#fff"/><path d="M60 16h84M60 32h60" stroke="#4a3b14" stroke-width="7"/></svg>`,
);
/** The one thing that pages may take from elsewhere: the logo of an application. */
export const LOGO = "https://brand.test/logo.svg";

/** Gives a suite a world of its own. */
export function useWorld(): () => World {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());
  return () => world;
}

/** Makes it. */
export async function makeWorld(): Promise<World> {
  const [demo, production] = [await startDemo(SUPPORT), await startProduction()];
  const { services } = demo.vestibule;
  const office = await makeOffice(services, { code: "NOORD", name: "Noord & Zonen", accent: "#7a1f5c" });
  const wordyOffice = await makeOffice(services, {
    code: "VAN-DER-MEULEN-SCHIMMELPENNINCK",
    name: LONG_OFFICE,
  });
  await makeOffice(services, { code: "LOGO", name: "Bakkerij Goud", accent: "#f2b705", logo: DRAWING });
  const user = await makeUser(services, office, { username: "sanne", name: "Sanne Bakker" });
  const blockedUser = await makeUser(services, office, { username: "mo", name: "Mo Aziz" });
  await block(demo.vestibule, blockedUser);
  makeFaults(demo.vestibule);
  makeFaultyPasswords(demo.vestibule);
  return {
    demo,
    production,
    productionApplication: await makeApplication(production.services),
    television: await makeApplication(production.services, {
      name: "Television",
      type: "native",
      redirectUris: [],
      deviceFlow: true,
    }),
    ledger: await makeApplication(services),
    pinned: await makeApplication(services, { name: "Payroll" }, office.id),
    foreign: await makeApplication(services, { name: "Printshop", firstParty: false, logoUrl: LOGO }),
    wordy: await makeApplication(services, { name: LONG_APPLICATION, firstParty: false }),
    user,
    wordyUser: await makeUser(services, wordyOffice, { username: "w.a.j.van.heeckeren", name: LONG_NAME }),
    blockedUser,
    close: () => Promise.all([demo.vestibule.stop(), production.stop()]).then(() => undefined),
  };
}

/** The installation's contact, as every page shows it that tells its reader to ask. */
const SUPPORT = {
  VESTIBULE_SUPPORT_PHONE: "+31 20 123 45 67",
  VESTIBULE_SUPPORT_EMAIL: "support@id.test",
  VESTIBULE_SUPPORT_HOURS: "Mon–Fri 9:00–17:00",
};

async function startProduction(): Promise<TestVestibule> {
  const vestibule = await startVestibule({
    NODE_ENV: "production",
    VESTIBULE_ISSUER: "https://id.test",
    VESTIBULE_DEVICE_FLOW: "yes",
  });
  (await theBrowser()).sites.proxy("id.test", vestibule.settings.port);
  return vestibule;
}

/** As after three wrong codes. */
async function block({ database }: TestVestibule, { id, office }: TestUser): Promise<void> {
  await asOwner(
    database,
    `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
     values (home_of($1), $1, $2, 3, 3, now() + interval '15 minutes')`,
    [office.id, id],
  );
}

/** Faults of new passwords that need a service, a file or many tries: the new password FAULT-… has that one. */
export const FAULTY_PASSWORDS = ["breached", "forbidden", "too-often"] as const satisfies NewPasswordFault[];

function makeFaultyPasswords({ services }: TestVestibule): void {
  const { passwordRules } = services;
  const fault = passwordRules.fault.bind(passwordRules);
  Object.defineProperty(passwordRules, "fault", {
    value: (password: string, choice: Parameters<typeof fault>[1]) => {
      const asked = FAULTY_PASSWORDS.find((kind) => password === `FAULT-${kind}`);
      return asked === undefined ? fault(password, choice) : Promise.resolve(asked);
    },
  });
}

/** The deep links /o/FAULT-… fail as their last word says: some faults are hard to bring about. */
function makeFaults({ services }: TestVestibule): void {
  const { offices, officeLinks } = services;
  const find = offices.findByCode.bind(offices);
  // All pages are opened from one address.
  Object.defineProperty(officeLinks, "reserve", { value: () => Promise.resolve(null) });
  Object.defineProperty(offices, "findByCode", {
    value: (code: string) => {
      if (code.startsWith("FAULT-")) {
        throw new PageError(code.slice(6).toLowerCase() as ErrorKind);
      }
      return find(code);
    },
  });
}
