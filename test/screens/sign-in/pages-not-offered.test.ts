import { expect } from "chai";
import { journey, stepOf, type PageName } from "../../../src/screens/sign-in/journey.ts";
import type { FactorKind } from "../../../src/domain/factors/factor.ts";
import { asOwner } from "../../support/database.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { giveNumber, newNumber, storedUser } from "../../support/mobile-numbers.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, TESTER, type TestUser } from "../../support/people.ts";
import { formAction, hiddenField, openSignIn } from "../../support/relying-party.ts";
import {
  changeOffice,
  giveApp,
  keyOf,
  pageName,
  passPassword,
  resetFactor,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { DAY, SECOND, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule, type World } from "../../support/use-vestibule.ts";

/** Values that would be right on the page that asks for them. */
type Known = Readonly<Record<string, string>>;

interface Situation {
  readonly methods: readonly FactorKind[];
  /** What the user has before the sign-in. */
  readonly having?: (world: World, user: TestUser) => Promise<Known>;
  /** Brings the sign-in to the step that is looked at; default: the password. */
  readonly arrive?: (browser: HttpBrowser, page: Page, user: TestUser, known: Known) => Promise<Page>;
  /** The pages of the step that the situation offers. Every other page takes nothing. */
  readonly offered: readonly PageName[];
}

const app = async ({ services }: World, user: TestUser): Promise<Known> => {
  const { secret, codes } = await giveApp(services, user);
  return { code: totpNow(secret), recoveryCode: codes[0] ?? "" };
};
const number = async ({ services }: World, user: TestUser): Promise<Known> => {
  await giveNumber(services, user);
  return {};
};
const both = async (world: World, user: TestUser): Promise<Known> => {
  await number(world, user);
  return app(world, user);
};
const unconfirmed = async ({ services }: World, user: TestUser): Promise<Known> => {
  await giveNumber(services, user, { state: "unconfirmed" });
  return {};
};
const reset = async ({ services }: World, user: TestUser): Promise<Known> => {
  const code = await resetFactor(services, await storedUser(services, user), "phone lost");
  travel(SECOND);
  return { enrolmentCode: code.reveal() };
};
const enterNumber = async ({ services }: World, user: TestUser): Promise<void> => {
  const by = { actor: TESTER.id, reason: "called back" };
  await services.secondFactor.numberService.set(await storedUser(services, user), newNumber(), by);
};

const SITUATIONS: Readonly<Record<string, Situation>> = {
  "has not given the password": {
    methods: ["totp", "sms"],
    having: app,
    arrive: (_browser, page) => Promise.resolve(page),
    offered: ["password"],
  },
  "has the app alone": {
    methods: ["totp", "sms"],
    having: app,
    offered: ["challenge-totp", "recovery-code"],
  },
  "has a confirmed number alone": {
    methods: ["totp", "sms"],
    having: number,
    offered: ["challenge-sms", "recovery-code", "lost-number", "lost-number-code", "new-number"],
  },
  "has both, where the app alone is accepted": {
    methods: ["totp"],
    having: both,
    offered: [
      "challenge-totp",
      "challenge-sms",
      "recovery-code",
      "lost-number",
      "lost-number-code",
      "new-number",
    ],
  },
  "has both, where text messages alone are accepted": {
    methods: ["sms"],
    having: both,
    offered: [
      "challenge-sms",
      "recovery-code",
      "lost-number",
      "lost-number-code",
      "new-number",
      "replace-number",
    ],
  },
  "sets up a factor where the app alone is accepted": {
    methods: ["totp"],
    offered: ["choose", "enrol-totp"],
  },
  "sets up a factor where the app alone is accepted, with a number that the office has entered": {
    methods: ["totp"],
    having: unconfirmed,
    offered: ["choose", "enrol-totp"],
  },
  "sets up a factor where text messages alone are accepted": {
    methods: ["sms"],
    offered: ["choose", "enter-number", "enrol-sms"],
  },
  "sets up a factor where both are accepted, with a number that the office has entered": {
    methods: ["totp", "sms"],
    having: unconfirmed,
    offered: ["choose", "enrol-totp", "check-number", "enter-number", "enrol-sms"],
  },
  "has to enter the code of a reset": {
    methods: ["totp", "sms"],
    having: reset,
    offered: ["enrolment-code"],
  },
  "has to enter the code of a reset where the app alone is accepted, with a number that the office has entered":
    {
      methods: ["totp"],
      having: async (world, user) => {
        const known = await reset(world, user);
        await enterNumber(world, user);
        return known;
      },
      offered: ["enrolment-code"],
    },
  "has to confirm the number that was entered after a reset": {
    methods: ["totp", "sms"],
    having: async (world, user) => {
      const known = await reset(world, user);
      await enterNumber(world, user);
      return known;
    },
    offered: ["confirm-number", "confirm-number-code"],
  },
  "comes too late to set up a factor": {
    methods: ["totp", "sms"],
    having: () => {
      travel(15 * DAY);
      return Promise.resolve({});
    },
    offered: ["enrolment-closed"],
  },
  "is locked out": {
    methods: ["totp", "sms"],
    having: async (world, user) => {
      await asOwner(
        world.database,
        `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
         values (home_of($1), $1, $2, 3, 3, now() + interval '10 minutes')`,
        [user.office.id, user.id],
      );
      return both(world, user);
    },
    offered: ["blocked"],
  },
  "is shown the recovery codes": {
    methods: ["totp", "sms"],
    arrive: async (browser, _page, user) => {
      const set = await browser.get(sibling(await passPasswordAgain(browser, user), "enrol-totp"));
      return sendForm(browser, set, { code: totpNow(keyOf(set)) });
    },
    offered: ["recovery-codes"],
  },
  "is asked whether the app is lost": {
    methods: ["totp", "sms"],
    having: app,
    arrive: async (browser, _page, user, { recoveryCode = "" }) => {
      const challenge = await passPasswordAgain(browser, user);
      return sendForm(browser, await browser.get(sibling(challenge, "recovery-code")), { recoveryCode });
    },
    offered: ["recovered"],
  },
  "has to replace an expired password": {
    methods: ["totp"],
    having: async (world, user) => {
      await asOwner(world.database, "update users set password_expired = true where id = $1", [user.id]);
      return app(world, user);
    },
    arrive: async (browser, _page, user, { code = "" }) =>
      sendForm(browser, await passPasswordAgain(browser, user), { code }),
    offered: ["new-password"],
  },
};

let world: World;
const passPasswordAgain = (browser: HttpBrowser, user: TestUser) =>
  passPassword(browser, world.application, user);

const PAGES: readonly PageName[] = journey.flatMap((step): readonly PageName[] => step.pages);

/** All that a form can change of a user, behind Vestibule's back. A try that was given back leaves an empty counter. */
async function traces({ id, office }: TestUser): Promise<unknown> {
  const [row] = await asOwner(
    world.database,
    `select (select json_agg(f order by f.kind) from factors f where user_id = $1) as factors,
       (select json_agg(c) from sent_codes c where user_id = $1) as codes,
       (select count(*) from messages where office_id = $2) as messages,
       (select json_agg(to_jsonb(g) - 'in_hand_at') from second_factor_guard g
         where user_id = $1 and (failed_attempts, failed_since_success, lifts) <> (0, 0, 0)) as guard,
       (select json_agg(n) from mobile_numbers n where user_id = $1) as numbers,
       (select json_agg(s.facts order by s.created_at) from sign_ins s where user_id = $1) as facts,
       (select json_agg(e) from enrolment_windows e where user_id = $1) as windows,
       (select json_agg(r order by r) from recovery_codes r where user_id = $1) as recovery,
       (select json_agg(u) from users u where id = $1) as "user",
       (select count(*) from audit_events where office_id = $2) as events`,
    [id, office.id],
  );
  return row;
}

/** What a form may hold, as each page asks for it. */
const forms = (user: TestUser, known: Known): Known[] => {
  const { username, password, office } = user;
  const typed = {
    ...known,
    officeCode: office.code,
    username,
    password,
    method: "sms",
    saved: "1",
    answer: "no",
  };
  const more = { number: newNumber(), newPassword: "lantern-kettle-orchard-71", secret: "A".repeat(32) };
  const once = { code: "123456", ...typed, ...more };
  return [once, { ...once, resend: "1" }, { ...once, later: "1" }, { ...once, again: "1" }];
};

describe("a page of the sign-in that is not offered", function () {
  this.timeout(60_000);
  world = useVestibule({ settings: BY_HAND, application: {} });

  for (const [name, { methods, having, arrive, offered }] of Object.entries(SITUATIONS)) {
    it(`T126 takes no form of a user who ${name}`, async () => {
      const office = await makeOffice(world.services);
      await changeOffice(world.services, office, {
        secondFactor: { demand: "required", from: null, methods },
      });
      const user = await makeUser(world.services, office);
      const known = (await having?.(world, user)) ?? {};
      const browser = world.browser();
      const began =
        arrive === undefined
          ? await passPasswordAgain(browser, user)
          : await openSignIn(browser, world.request());
      const page = arrive === undefined ? began : await arrive(browser, began, user, known);
      expect(pageName(page)).to.be.oneOf([...offered]);
      const before = await traces(user);
      for (const other of PAGES.filter((candidate) => !offered.includes(candidate))) {
        for (const fields of forms(user, known)) {
          const form = { ...fields, _csrf: hiddenField(page, "_csrf") };
          const answer = await browser.post(formAction(page).replace(/[^/]+$/, other), form);
          expect(answer.status, other).to.equal(303);
          expect(stepOf(answer.location.split("/").at(-1) ?? ""), other).to.equal(stepOf(offered[0] ?? ""));
        }
        expect(await traces(user), other).to.deep.equal(before);
      }
    });
  }
});
