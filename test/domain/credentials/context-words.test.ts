import { expect } from "chai";
import { Secret } from "../../../src/kernel/secret.ts";
import { now } from "../../../src/kernel/clock.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { justProved } from "../../support/mobile-numbers.ts";
import { makeUser, TESTER, type TestUser } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

/** What an attacker knows of a user; no word of it is on the estimator's own lists. */
const WORDS = {
  "the product": "grendelpoort",
  "the office's code": "klwz-noordkwant",
  "the office's name": "vlinkerdam",
  "the username": "brugtrompet",
  "the user's name": "wiekenstaal",
};
const VISITOR = { address: "127.0.0.1", addressGroup: "127.0.0.1", requestId: "test" };

describe("T135 words that an attacker knows of a user", () => {
  const vestibule = useServices({
    settings: { VESTIBULE_PRODUCT_NAME: "Grendelpoort" },
    office: { code: "KLWZ-NOORDKWANT", name: "Vlinkerdam & Zonen" },
  });
  let user: TestUser;
  before(async () => {
    user = await makeUser(vestibule.services, vestibule.office, {
      username: "brugtrompet",
      name: "Wiekenstaal",
      mail: "words@mail.example",
    });
  });

  const account = async () => (await vestibule.services.users.findAccount(user.id)) ?? expect.fail();
  const resultOf = (work: Promise<unknown>) =>
    work.then(
      () => "taken",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );

  /** Each way to choose a password, and what it says of one: a fault, or that it was taken. */
  const ways: Readonly<Record<string, (password: string) => Promise<string>>> = {
    "when a user is added": (password) => {
      const draft = newUserSchema.parse({
        username: `brugtrompet-${password.slice(0, 5)}`,
        name: "Wiekenstaal",
      });
      const { users } = vestibule.services.administration;
      return resultOf(
        users.addWithPassword(draft, vestibule.office, { password: new Secret(password), by: TESTER }),
      );
    },
    "when an operator sets it": async (password) => {
      const { users, administration } = vestibule.services;
      const found = await users.findByUsername(vestibule.office.id, user.username);
      const access = { password: new Secret(password), by: TESTER, office: vestibule.office };
      return resultOf(administration.users.changePassword(found ?? expect.fail(), access));
    },
    "on the account page": async (wanted) => {
      const { own } = vestibule.services.ownAccount;
      const session = {
        account: await account(),
        visitor: VISITOR,
        browser: [],
        proof: { at: justProved().provedAt, session: null, hasSkippedCode: false },
        hasProvedFactor: false,
      };
      const result = await own.changePassword(session, { current: "not the current one", wanted });
      return result.type === "fault" ? result.fault : "taken";
    },
    "with a mailed link": async (password) => {
      const { database, stores, links } = vestibule.services;
      const { id: userId, mail } = await account();
      const officeId = vestibule.office.id;
      const made = { purpose: "password-reset", officeId, userId, at: now(), data: { mail } } as const;
      const token = (await database.inOffice(officeId, (tx) => stores.links.make(tx, made))).reveal();
      const result = await links.passwordReset.complete(
        { purpose: "password-reset", token },
        password,
        VISITOR,
      );
      return result.type === "fault" ? result.fault : "taken";
    },
    "in place of an expired one": async (password) => {
      const prepared = await vestibule.services.links.passwordRenewal.prepare(await account(), password);
      return prepared.type === "fault" ? prepared.fault : "taken";
    },
  };

  for (const [way, choose] of Object.entries(ways)) {
    it(`T135 T2 make no password ${way}: product, office and user with a year behind`, async () => {
      for (const [what, word] of Object.entries(WORDS)) {
        expect(await choose(`${word}2026`), what).to.match(/too[ -]easy/);
      }
    });
  }

  let made = 0;
  for (const [way, choose] of Object.entries(ways)) {
    it(`make a password of somebody else ${way}`, async () => {
      made += 1;
      expect(await choose(`zwaluw${"trap".repeat(made)}2026`)).to.equal("taken");
    });
  }
});
