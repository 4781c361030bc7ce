import { expect } from "chai";
import { mailLogo } from "../../../src/domain/offices/logo-address.ts";
import { MailView } from "../../../src/platform/messages/mail-view.ts";
import { Texts } from "../../../src/platform/web/texts.ts";
import { eventually } from "../../support/eventually.ts";
import { PNG, SVG } from "../../support/images.ts";
import { useMailStandIn } from "../../support/mail-stand-in.ts";
import { giveLogo } from "../../support/people.ts";
import { formAction, hiddenField } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const ISSUER = "https://id.example";
const PATH = `/logos/${"A".repeat(22)}/${"B".repeat(10)}`;

describe("the logo in a mail", () => {
  const view = new MailView(new Texts(new URL("../../../views/locales/", import.meta.url)), {
    product: "Vestibule",
    issuer: ISSUER,
  });
  const write = (logo: string | null) =>
    view.write(
      "en",
      "notice.passwordChanged",
      { name: "Sanne" },
      { office: { name: "Noord", accent: null, logo } },
    ).html;

  it("T153 comes from our own address, with the office's name beside it for those who load no pictures", () => {
    const html = write(mailLogo(`${PATH}.png`, ISSUER));
    expect(html).to.contain(`<img src="https://id.example${PATH}.png" alt=""`).and.contain(">Noord</td>");
    expect(html.match(/https?:\/\/(?!id\.example)/g)).to.equal(null);
  });

  it("T153 is the office's letter instead for an SVG, an address elsewhere and no logo", () => {
    for (const address of [`${PATH}.svg`, "https://brand.test/logo.png", "//evil.test/a.png", PATH, null]) {
      expect(mailLogo(address, ISSUER), String(address)).to.equal(null);
    }
    expect(write(null)).to.contain('class="monogram"').and.not.contain("<img");
  });

  describe("on its way", () => {
    const server = useMailStandIn();
    const world = useVestibule({
      settings: () => server.environment,
      office: { name: "Noord" },
      user: { mail: "sanne@noord.example" },
    });
    const newest = () => server.newest("sanne@noord.example")?.raw.replaceAll("=\r\n", "") ?? "";

    it("is the office's current one", async () => {
      await giveLogo(world.services, world.office, SVG);
      const address = await giveLogo(world.services, world.office, PNG);
      const browser = world.browser();
      const page = await browser.get("/forgot-password");
      const fields = { officeCode: world.office.code, username: world.user.username };
      await browser.post(formAction(page), { _csrf: hiddenField(page, "_csrf"), ...fields });
      const raw = await eventually(
        () => Promise.resolve(newest()),
        (mail) => mail.includes("/reset-password/"),
      );
      expect(raw).to.contain(`${world.issuer}${address}`);
    });
  });
});
