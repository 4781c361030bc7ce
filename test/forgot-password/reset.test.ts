import { expect } from "chai";
import {
  askForLink,
  choosePassword,
  linkFor,
  linkIn,
  mailsTo,
  namesOf,
  openLink,
} from "../support/mailbox.ts";
import { asOwner } from "../support/database.ts";
import { HttpBrowser, type Page } from "../support/http-browser.ts";
import {
  makeApplication,
  makeOffice,
  makeUser,
  type TestApplication,
  type TestOffice,
  type TestUser,
} from "../support/people.ts";
import {
  authorizationRequest,
  callToken,
  hiddenField,
  openSignIn,
  redeem,
  sendPassword,
  signIn,
} from "../support/relying-party.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { startVestibule, type TestVestibule } from "../support/vestibule.ts";

const NEW = "copper-anchor-violin-63";

describe("a forgotten password", () => {
  let vestibule: TestVestibule;
  let application: TestApplication;
  let office: TestOffice;
  let user: TestUser;
  let mail: string;

  before(async () => {
    vestibule = await startVestibule();
    application = await makeApplication(vestibule.services);
    office = await makeOffice(vestibule.services);
  });
  after(() => vestibule.stop());
  let made = 0;
  beforeEach(async () => {
    mail = `person${String((made += 1))}@mail.example`;
    user = await makeUser(vestibule.services, office, { mail });
  });

  const newBrowser = () => new HttpBrowser(vestibule.issuer, vestibule.settings.port);
  const link = () => linkFor(vestibule, user, mail);

  it("is replaced with the link of a mail", async () => {
    const browser = newBrowser();
    const page = await openLink(browser, await link());
    expect(page.status).to.equal(200);
    expect(page.body).to.contain("Choose a new password");
    const done = await choosePassword(browser, page, NEW);
    expect(done.body).to.contain("Your password is changed");
    expect(done.url).to.match(/\/reset-password\/done$/);
    travel(SECOND);
    const to = await signIn(newBrowser(), authorizationRequest(vestibule.issuer, application), {
      ...user,
      password: NEW,
    });
    expect(to.searchParams.get("code")).to.be.a("string");
  });
});
