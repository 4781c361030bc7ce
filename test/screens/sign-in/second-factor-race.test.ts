import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { startOtherProcess, type OtherProcess } from "../../support/other-process.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  clearGuard,
  giveApp,
  guardOf,
  hasCode,
  makeStrictOffice,
  newBrowser,
  pageName,
  passPassword,
  sendForm,
  sibling,
  wrongCode,
  type TestApp,
} from "../../support/second-factor.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const PARALLEL = 40;

describe("four server processes on one database", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ application: {} });
  const { application } = vestibule;
  let others: OtherProcess[];
  let user: TestUser;
  let app: TestApp;

  before(async () => {
    others = await Promise.all([1, 2, 3].map(() => startOtherProcess(vestibule)));
    user = await makeUser(vestibule.services, await makeStrictOffice(vestibule.services));
    app = await giveApp(vestibule.services, user);
  });
  after(async () => {
    await Promise.all(others.map((other) => other.stop()));
  });
  afterEach(() => clearGuard(vestibule, user));

  const ports = () => [vestibule.settings.port, ...others.map(({ port }) => port)];

  /** Forty sign-ins of four browsers' own, ten at each process, all at the page that asks for the code. */
  async function fortyAtTheDoor() {
    const four = await Promise.all(
      ports().map(async (port) => {
        const browser = newBrowser(vestibule, port);
        const page = await passPassword(browser, application, user);
        expect(pageName(page)).to.equal("challenge-totp");
        return { browser, page };
      }),
    );
    return Array.from({ length: PARALLEL }, (_, index) => {
      const { browser, page } = four[index % 4] ?? four[0] ?? { browser: newBrowser(vestibule), page: null };
      if (page === null) {
        throw new Error("Nobody is at the door.");
      }
      return { browser: browser.copy(ports()[index % 4]), page };
    });
  }

  const looksAt = async () =>
    (
      await asOwner(
        vestibule.database,
        "select 1 from audit_events where type = 'code.wrong' and actor = $1",
        [user.id],
      )
    ).length;

  it("T46 look at three of forty wrong codes that come at the same moment", async () => {
    for (let round = 0; round < 3; round += 1) {
      const before = await looksAt();
      const forty = await fortyAtTheDoor();
      const code = wrongCode(app.secret);
      const pages = await Promise.all(forty.map(({ browser, page }) => sendForm(browser, page, { code })));
      expect(pages.filter(hasCode)).to.deep.equal([]);
      pages.forEach((page) => expect(page.status).to.be.oneOf([200, 400]));
      expect((await looksAt()) - before, "codes that were looked at").to.equal(3);
      expect(await guardOf(vestibule, user)).to.include({ failed_attempts: 3, failed_since_success: 3 });
      await clearGuard(vestibule, user);
    }
  });

  it("T46 look at three of forty, whichever field the codes are in", async () => {
    const before = await looksAt();
    const forty = await fortyAtTheDoor();
    await Promise.all(
      forty.map(({ browser, page }, index) =>
        index % 2 === 0
          ? sendForm(browser, page, { code: wrongCode(app.secret) })
          : browser.post(sibling(page, "recovery-code"), {
              _csrf: /name="_csrf" value="([^"]*)"/.exec(page.body)?.[1] ?? "",
              recoveryCode: "00000000",
            }),
      ),
    );
    expect((await looksAt()) - before).to.equal(3);
  });

  it("T46 let a right code in at one of them, and refuse it at the others", async () => {
    const forty = await fortyAtTheDoor();
    const code = totpNow(app.secret);
    const pages = await Promise.all(
      forty.slice(0, 4).map(({ browser, page }) => sendForm(browser, page, { code })),
    );
    expect(pages.filter(hasCode)).to.have.length(1);
  });

  it("T46 know of the block at once, wherever it began", async () => {
    const [here, ...there] = await fortyAtTheDoor();
    for (let tries = 0; tries < 3 && here !== undefined; tries += 1) {
      await sendForm(here.browser, here.page, { code: wrongCode(app.secret) });
    }
    for (const { browser, page } of there.slice(0, 3)) {
      const sent = await sendForm(browser, page, { code: totpNow(app.secret) });
      expect([pageName(sent), hasCode(sent)]).to.deep.equal(["blocked", false]);
    }
  });
});
