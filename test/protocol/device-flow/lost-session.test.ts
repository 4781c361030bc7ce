import { expect } from "chai";
import type { Page } from "../../support/http-browser.ts";
import { formAction, hiddenField } from "../../support/relying-party.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the device page in a browser that has lost its cookies", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" } });

  function expectExpired(page: Page): void {
    expect(page.status).to.equal(400);
    expect(page.body).to.contain("This sign-in has expired");
    expect(page.setCookies.filter((line) => line.includes("session"))).to.be.empty;
  }

  it("T136 says so when its form arrives", async () => {
    const page = await vestibule.browser().get("/device");
    const fields = { xsrf: hiddenField(page, "xsrf"), user_code: "BCDF-GHJK" };
    expectExpired(await vestibule.browser().post(formAction(page), fields));
    expectExpired(await vestibule.browser().post("/device", {}));
    expectExpired(await vestibule.browser().get("/device/unknown"));
  });

  it("T136 shows its form again to a browser that still has them", async () => {
    const browser = vestibule.browser();
    await browser.get("/device");
    const again = await browser.post("/device", { xsrf: "forged", user_code: "BCDF-GHJK" });
    expect(again.status).to.equal(400);
    expect(hiddenField(again, "xsrf")).to.match(/^[\w-]{20,}$/);
    const fields = { xsrf: hiddenField(again, "xsrf"), user_code: "BCDF-GHJK" };
    expect((await browser.post("/device", fields)).body).to.contain('name="user_code"');
  });
});
