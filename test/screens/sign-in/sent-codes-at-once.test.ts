import { expect } from "chai";
import type { FactorKind } from "../../../src/domain/factors/factor.ts";
import { asOwner } from "../../support/database.ts";
import { giveEmailCodes, makeEmailUser, mailedCode, mailedCodes } from "../../support/email-codes.ts";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import {
  giveNumber,
  lastCode,
  makeSmsOffice,
  newNumber,
  otherThan,
  sentSms,
  storedUser,
} from "../../support/mobile-numbers.ts";
import { useOtherProcess } from "../../support/other-process.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeUser, TESTER, type TestUser } from "../../support/people.ts";
import { follow, formAction, hiddenField } from "../../support/relying-party.ts";
import {
  changeOffice,
  guardOf,
  hasCode,
  newBrowser,
  pageName,
  passPassword,
  REQUIRED,
  sendForm,
  sibling,
} from "../../support/second-factor.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const CLEAN = { failed_attempts: 0, failed_since_success: 0, blocked_until: null };

interface Owner {
  readonly user: TestUser;
  readonly to: string;
}

/** What is the same for every kind of code that is sent. */
describe("a code that was sent, in several places at the same moment", function () {
  this.timeout(120_000);
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { services, database, application } = vestibule;
  const other = useOtherProcess(vestibule);
  beforeEach(() => asOwner(database, "delete from rate_limits"));

  interface Kind {
    readonly kind: FactorKind;
    readonly make: () => Promise<Owner>;
    readonly give: (owner: Owner) => Promise<unknown>;
    readonly code: (to: string) => Promise<string>;
    readonly sent: (to: string) => Promise<number>;
    /** From the choice of the method to the page of its first code. */
    readonly choose: (browser: HttpBrowser, page: Page, to: string) => Promise<Page>;
  }
  const KINDS: readonly Kind[] = [
    {
      kind: "sms",
      make: async () => ({
        user: await makeUser(services, await makeSmsOffice(services)),
        to: newNumber(),
      }),
      give: ({ user, to }) => giveNumber(services, user, { number: to }),
      code: (to) => lastCode(database, to),
      sent: async (to) => (await sentSms(database, to)).length,
      choose: async (browser, page, number) =>
        sendForm(browser, await browser.get(sibling(page, "enter-number")), { number }),
    },
    {
      kind: "email",
      make: async () => {
        const { user, mail } = await makeEmailUser(services);
        return { user, to: mail };
      },
      give: ({ user, to }) => giveEmailCodes(services, user, to),
      code: (to) => mailedCode(vestibule, to),
      sent: async (to) => (await mailedCodes(vestibule, to)).length,
      choose: (browser, page) => sendForm(browser, page, { method: "email" }),
    },
  ];

  const nameOf = ({ status, location }: Page) =>
    `${String(status)} ${location.includes("/interaction/") ? (location.split("/").at(-1) ?? "") : "application"}`;
  const post = (browser: HttpBrowser, page: Page, fields: Record<string, string>) =>
    browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields });
  const twice = async (browser: HttpBrowser, page: Page, fields: Record<string, string>) => {
    const copies = [browser.copy(), browser.copy(other.port)];
    return (await Promise.all(copies.map((copy) => post(copy, page, fields)))).map(nameOf);
  };
  const eventsOf = async ({ user }: Owner, ...types: string[]) =>
    (
      await asOwner<{ type: string }>(
        database,
        "select type from audit_events where subject = $1 and type = any($2) order by type",
        [user.id, types],
      )
    ).map(({ type }) => type);

  for (const { kind, make, give, code, sent, choose } of KINDS) {
    const arrive = async (owner: Owner, browser = newBrowser(vestibule)) => ({
      browser,
      page: await passPassword(browser, application, owner.user),
    });
    const asked = async () => {
      const owner = await make();
      await give(owner);
      return { owner, ...(await arrive(owner)) };
    };
    const enrolling = async () => {
      const owner = await make();
      const { browser, page } = await arrive(owner);
      return { owner, browser, page: await choose(browser, page, owner.to) };
    };

    describe(`by ${kind}`, () => {
      it("goes on twice from one form to two servers, and is used once", async () => {
        const { owner, browser, page } = await asked();
        const answers = await twice(browser, page, { code: await code(owner.to) });
        expect(answers).to.deep.equal(["303 application", "303 application"]);
        expect(await guardOf(vestibule, owner.user)).to.deep.equal(CLEAN);
        expect(await eventsOf(owner, "sign-in", "code.wrong")).to.deep.equal(["sign-in"]);
      });

      it("costs one try for each time that it is looked at, where it is wrong in one form to two servers", async () => {
        const { owner, browser, page } = await asked();
        await twice(browser, page, { code: otherThan(await code(owner.to)) });
        const { failed_attempts: tries } = await guardOf(vestibule, owner.user);
        // The second waits for the result of the first only while that is in hand (docs/decisions/0040).
        expect(tries).to.be.within(1, 2);
        expect(await eventsOf(owner, "code.wrong")).to.have.length(tries);
      });

      it("is sent once for two presses of Resend", async () => {
        const { owner, browser, page } = await asked();
        await asOwner(database, "update sent_codes set resend_at = now() where user_id = $1", [
          owner.user.id,
        ]);
        const name = `303 challenge-${kind}`;
        expect(await twice(browser, page, { resend: "1" })).to.deep.equal([name, name]);
        expect(await sent(owner.to)).to.equal(2);
      });

      it("sets the method up once from one form to two servers", async () => {
        const { owner, browser, page } = await enrolling();
        expect(pageName(page)).to.equal(`enrol-${kind}`);
        const answers = await twice(browser, page, { code: await code(owner.to) });
        expect(answers).to.deep.equal(["303 recovery-codes", "303 recovery-codes"]);
        expect(await guardOf(vestibule, owner.user)).to.deep.equal(CLEAN);
        expect(await eventsOf(owner, "factor.enrolled", "code.wrong")).to.deep.equal(["factor.enrolled"]);
      });

      it("of each of two tabs signs in there, and the second costs no try in the first", async () => {
        const { owner, browser, page } = await asked();
        const first = await code(owner.to);
        await asOwner(database, "update sent_codes set resend_at = now() where user_id = $1", [
          owner.user.id,
        ]);
        const tab = await arrive(owner, browser);
        const second = await code(owner.to);
        expect(hasCode(await sendForm(browser, page, { code: first }))).to.equal(true);
        expect(hasCode(await sendForm(browser, tab.page, { code: second }))).to.equal(true);
        expect(await guardOf(vestibule, owner.user)).to.deep.equal(CLEAN);
      });

      it("goes on from the same page in two tabs, and costs no try in the second", async () => {
        const { owner, browser, page } = await asked();
        const tab = await browser.get(page.url);
        const typed = { code: await code(owner.to) };
        expect(nameOf(await post(browser.copy(), page, typed))).to.equal("303 application");
        expect(nameOf(await post(browser.copy(), tab, typed))).to.equal("303 application");
        expect(await guardOf(vestibule, owner.user)).to.deep.equal(CLEAN);
        expect(await eventsOf(owner, "sign-in")).to.have.length(1);
      });

      it("is no error after the Back button of a finished sign-in, and costs no try", async () => {
        const { owner, browser, page } = await asked();
        const typed = { code: await code(owner.to) };
        expect(hasCode(await sendForm(browser, page, typed))).to.equal(true);
        const again = await follow(browser, await post(browser, page, typed));
        expect(again.status).to.be.oneOf([200, 400]);
        expect(again.body).to.not.contain("Something went wrong");
        expect(await guardOf(vestibule, owner.user)).to.deep.equal(CLEAN);
        expect(await eventsOf(owner, "sign-in", "code.wrong")).to.deep.equal(["sign-in"]);
      });

      it("is no error after the Back button of a method that is set up, and leads on", async () => {
        const { owner, browser, page } = await enrolling();
        const typed = { code: await code(owner.to) };
        expect(pageName(await sendForm(browser, page, typed))).to.equal("recovery-codes");
        expect(pageName(await sendForm(browser, page, typed))).to.equal("recovery-codes");
        expect(pageName(await follow(browser, await browser.get(page.url)))).to.equal("recovery-codes");
        expect(await guardOf(vestibule, owner.user)).to.deep.equal(CLEAN);
        expect(await sent(owner.to)).to.equal(1);
      });

      it("T63 signs in no user who was disabled or deleted meanwhile, and sets up no method", async () => {
        for (const begin of [asked, enrolling]) {
          for (const end of ["disable", "delete"] as const) {
            const { owner, browser, page } = await begin();
            const typed = { code: await code(owner.to) };
            const stored = await storedUser(services, owner.user);
            const users = services.administration.users;
            await (end === "disable"
              ? users.disable(stored, TESTER)
              : users.delete(stored, { by: TESTER, reason: "left" }));
            const answer = await sendForm(browser, page, typed);
            expect(hasCode(answer), end).to.equal(false);
            expect(answer.status, `${begin.name} ${end}`).to.be.below(500);
            expect(pageName(answer), `${begin.name} ${end}`).to.be.oneOf(["password", ""]);
            const [row] = await asOwner<{ count: number }>(
              database,
              "select count(*)::integer as count from factors where user_id = $1",
              [owner.user.id],
            );
            expect(row?.count, `${begin.name} ${end}`).to.equal(begin === asked && end === "disable" ? 1 : 0);
            const left = await asOwner(database, "select from sent_codes where user_id = $1", [
              owner.user.id,
            ]);
            expect(left.length, "codes").to.be.at.most(end === "delete" ? 0 : 1);
          }
        }
      });

      it("sets nothing up where the office has ended the method while its page was open", async () => {
        const { owner, browser, page } = await enrolling();
        const typed = { code: await code(owner.to) };
        await changeOffice(services, owner.user.office, { secondFactor: REQUIRED });
        const next = await sendForm(browser, page, typed);
        expect(next.status).to.equal(200);
        expect(pageName(next)).to.equal("enrol-totp");
        const again = await sendForm(browser, page, { resend: "1" });
        expect(pageName(again)).to.equal("enrol-totp");
        expect(await sent(owner.to)).to.equal(1);
        expect((await services.users.findAccount(owner.user.id))?.factors).to.deep.equal([]);
        expect(await guardOf(vestibule, owner.user)).to.deep.equal(CLEAN);
      });
    });
  }
});
