import { expect } from "chai";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the tie of a page to the window that opened it", () => {
  const vestibule = useVestibule({ office: { code: "NOORD" }, user: {}, application: {} });

  const policyOf = async (address: string, browser = vestibule.browser()) =>
    (await browser.get(address)).headers["cross-origin-opener-policy"];

  for (const path of [
    "/account",
    "/ACCOUNT",
    "/account/",
    "/account/nowhere",
    "/console",
    "/console/o/NOORD/users",
    "/Console/nowhere",
  ]) {
    it(`T103 is cut by ${path}, signed in or not`, async () => {
      expect(await policyOf(path)).to.equal("same-origin");
      const browser = vestibule.browser();
      await vestibule.signIn(browser, vestibule.request());
      expect(await policyOf(path, browser)).to.equal("same-origin");
    });
  }

  it("is kept by every answer between an application's request and its redirect address", async () => {
    const browser = vestibule.browser();
    const begun = await browser.get(vestibule.request().url);
    expect(begun.location).to.match(/\/interaction\//);
    expect(begun.headers).to.not.have.property("cross-origin-opener-policy");
    const others = [
      ...[begun.location, `${begun.location}/help/office-code`, `${begun.location}/nowhere`],
      ...["/", "/o/NOORD", "/forgot-password", "/which-office-code", "/sign-out", "/device", "/accounts"],
      vestibule.request({ redirect_uri: "https://evil.test/" }).url,
      vestibule.request({ prompt: "none" }).url,
      vestibule.request({ prompt: "none", response_mode: "form_post" }).url,
    ];
    for (const address of others) {
      expect(await policyOf(address, browser), address).to.equal(undefined);
    }
  });
});
