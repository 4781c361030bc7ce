import { Secret } from "../../src/kernel/secret.ts";
import type { Cut } from "../../scripts/cuts-table.ts";
import { send } from "../support/account.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { choosePassword, linkFor, openLink } from "../support/mailbox.ts";
import { storedUser } from "../support/mobile-numbers.ts";
import { TESTER } from "../support/people.ts";
import type { ProvedPerson } from "../support/proved-person.ts";
import { follow } from "../support/relying-party.ts";
import { changeOffice, keyOf, resetFactor, sendForm, sibling } from "../support/second-factor.ts";
import { totpNow } from "../support/totp.ts";

const NEW = "copper-anchor-violin-63";

/** Makes each change; `own` is a browser in which the user has just signed in. */
export const CHANGES: Readonly<Record<Cut, (person: ProvedPerson, own: HttpBrowser) => Promise<void>>> = {
  "sessions ended": async ({ world: { services }, user }) => {
    await services.administration.users.endSessions(await storedUser(services, user), TESTER);
  },
  "others ended": (_person, own) => press(own, "/account/sessions/others"),
  "trust ended": (_person, own) => press(own, "/account/trusted/all"),
  "trust ended by the office": async ({ world: { services }, user }) => {
    await services.administration.factors.endTrust(await storedUser(services, user), TESTER);
  },
  "password changed": async (person, own) => {
    const fields = { currentPassword: person.password, newPassword: NEW };
    await press(own, "/account/password", () => fields);
    person.password = NEW;
  },
  "password reset": async (person) => {
    const browser = person.world.browser();
    const link = await linkFor(person.world, person.user, person.mail);
    await choosePassword(browser, await openLink(browser, link), NEW);
    person.password = NEW;
  },
  "password set": async (person) => {
    const { services } = person.world;
    const { user } = person;
    const access = { by: TESTER, password: new Secret(NEW), office: user.office };
    await services.administration.users.changePassword(await storedUser(services, user), access);
    person.password = NEW;
  },
  "factor reset": async ({ world: { services }, user }) => {
    await resetFactor(services, await storedUser(services, user), "stolen");
  },
  "factor replaced": (_person, own) => press(own, "/account/app", (page) => ({ code: totpNow(keyOf(page)) })),
  "factor replaced in a sign-in": async (person) => {
    const browser = person.world.browser();
    const [recoveryCode = ""] = person.codes;
    const challenge = await follow(
      browser,
      await person.givePassword(browser, await follow(browser, await browser.get("/account"))),
    );
    const page = await follow(browser, await browser.get(sibling(challenge, "recovery-code")));
    const recovered = await sendForm(browser, page, { recoveryCode });
    const setUp = await sendForm(browser, recovered, { answer: "no" });
    const codes = await sendForm(browser, setUp, { code: totpNow(keyOf(setUp)) });
    await sendForm(browser, codes, { saved: "1" });
    if ((await browser.get("/account")).status !== 200) {
      throw new Error("The sign-in that has replaced the factor has ended.");
    }
  },
  "role changed": async ({ world: { services }, user }) => {
    const office = await services.offices.find(user.office.id);
    if (office === null) {
      throw new Error("No office.");
    }
    const { users } = services.administration;
    await users.changeRole(await storedUser(services, user), "user", { office, by: TESTER });
  },
  disabled: async ({ world: { services }, user }) => {
    const { users } = services.administration;
    await users.disable(await storedUser(services, user), TESTER);
    await users.enable(await storedUser(services, user), TESTER);
  },
  "office closed": async ({ world: { services }, user }) => {
    await changeOffice(services, user.office, { status: "closed" });
    await changeOffice(services, user.office, { status: "open" });
  },
  "policy raised": async ({ world: { services }, user }) => {
    const secondFactor = { demand: "required", from: null, methods: ["sms"] } as const;
    await changeOffice(services, user.office, { secondFactor });
  },
};

/** Sends the form of a page of the account, and throws when that changes nothing. */
async function press(
  own: HttpBrowser,
  path: string,
  fieldsOf: (page: Page) => Readonly<Record<string, string>> = () => ({}),
): Promise<void> {
  const page = await follow(own, await own.get(path));
  const answer = await send(own, page, fieldsOf(page));
  if (answer.status !== 303 || !answer.location.includes("/account")) {
    throw new Error(`${path} answered ${String(answer.status)} ${answer.location}.`);
  }
}
