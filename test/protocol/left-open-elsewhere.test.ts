import { expect } from "chai";
import { eventually } from "../support/eventually.ts";
import { openSignIn } from "../support/relying-party.ts";
import { MINUTE, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("a sign-in that was left open while its application moved to another port", () => {
  const vestibule = useVestibule({
    application: { homeUrl: null, redirectUris: ["http://localhost:3000/cb"] },
  });

  it("T144 does not lead to the old one, where another program may listen now", async () => {
    const { services, application } = vestibule;
    const browser = vestibule.browser();
    const page = await openSignIn(browser, vestibule.request());
    const draft = { ...application.application, redirectUris: ["http://localhost:4000/cb"] };
    await services.applicationService.change(application.application, draft, "test");
    await eventually(
      () => services.applications.find(application.id),
      (found) => found?.redirectUris[0] === draft.redirectUris[0],
    );
    travel(180 * MINUTE);
    const { body } = await browser.get(page.url);
    expect(body).to.contain("This sign-in has expired");
    expect(body).to.not.contain("localhost:3000");
    expect(body).to.not.contain("state=");
  });
});
