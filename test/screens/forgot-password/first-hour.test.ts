import { expect } from "chai";
import type { HttpBrowser, Page } from "../../support/http-browser.ts";
import { choosePassword, linkIn, mailsTo, openLink } from "../../support/mailbox.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { authorizationRequest, follow, openSignIn } from "../../support/relying-party.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { supportOffice } from "../../support/console.ts";
import { atConsole, makeStaff } from "../../support/console.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("the first hour of an invited user", () => {
  const vestibule = useVestibule({ settings: BY_HAND, application: {} });
  const { services } = vestibule;
  let made = 0;
  const office = useFresh(() => makeOffice(services));
  const user = useFresh(() => invitee("user"));

  function invitee(role: "user" | "superuser"): Promise<TestUser> {
    made += 1;
    return makeUser(services, office, { mail: `new${String(made)}@mail.example`, role });
  }

  async function invite({ username }: TestUser) {
    const found = await services.users.findByUsername(office.id, username);
    if (found === null || !(await services.links.passwordLinks.send(found, "invitation", "test"))) {
      throw new Error("No invitation went out.");
    }
    return (await mailsTo(vestibule, found.mail ?? ""))[0];
  }
  const accept = async (browser: HttpBrowser, person: TestUser): Promise<Page> => {
    const link = linkIn(await invite(person), `${vestibule.issuer}/invitation/`);
    return choosePassword(browser, await openLink(browser, link), NEW);
  };
  const address = ({ code }: TestOffice) => `${vestibule.issuer}/o/${code}`;
  const officeCodeOn = ({ body }: Page): string =>
    /name="officeCode"[^>]* value="([^"]*)"/.exec(body)?.[1] ?? "";

  it("begins with a mail that says office code, username and where to sign in", async () => {
    const mail = await invite(user);
    expect(mail?.text)
      .to.match(new RegExp(`^Office code: ${office.code}$`, "m"))
      .and.match(new RegExp(`^Username: ${user.username}$`, "m"))
      .and.contain(`\n${address(office)}\n`);
  });

  it("goes on with pages that say the same, before and after the password", async () => {
    const browser = vestibule.browser();
    const page = await openLink(browser, linkIn(await invite(user), `${vestibule.issuer}/invitation/`));
    expect(page.body).to.contain(`>${office.code}<`).and.contain(`>${user.username}<`);
    const done = await choosePassword(browser, page, NEW);
    expect(done.body)
      .to.contain(`>${office.code}<`)
      .and.contain(`>${user.username}<`)
      .and.contain(`>${address(office)}<`);
  });

  it("needs no office code any more: the browser remembers it", async () => {
    const browser = vestibule.browser();
    const request = () => authorizationRequest(browser.issuer, vestibule.application);
    expect(officeCodeOn(await openSignIn(browser, request()))).to.equal("");
    await accept(browser, user);
    expect(officeCodeOn(await openSignIn(browser, request()))).to.equal(office.code);
  });

  it("leads a superuser to the console of the office", async () => {
    const gina = await invitee("superuser");
    const done = await accept(vestibule.browser(), gina);
    expect(done.body).to.contain(`href="/console?office=${office.code}"`);
  });

  it("finds the office in the console's sign-in, without a word about which codes exist (T148)", async () => {
    const opened = async (code: string) => {
      const browser = vestibule.browser();
      return follow(browser, await browser.get(`/console?office=${code}`));
    };
    const [known, unknown] = [await opened(office.code.toLowerCase()), await opened("NO-SUCH-OFFICE")];
    expect(known.body).to.contain(office.code);
    expect(known.body).to.not.contain(office.name.replace("&", "&amp;"));
    expect(unknown.status).to.equal(known.status);
    const browser = vestibule.browser();
    const odd = await follow(browser, await browser.get("/console?office=%3Cscript%3E"));
    expect([odd.status, odd.body.includes("<script>")]).to.deep.equal([200, false]);
  });

  it("leads support that is signed in to that office, and everybody else to their own", async () => {
    const staff = await makeStaff(services, await supportOffice(services), { role: "support" });
    const { browser } = await atConsole(vestibule, staff);
    expect((await browser.get(`/console?office=${office.code}`)).location).to.contain(
      `/console/o/${office.code}`,
    );
    const gina = await makeStaff(services, office, { role: "superuser" });
    const other = await makeOffice(services);
    const hers = (await atConsole(vestibule, gina)).browser;
    expect((await hers.get(`/console?office=${other.code}`)).location).to.contain(
      `/console/o/${office.code}`,
    );
  });
});
