import { expect } from "chai";
import { entriesOf, onPage, sendIn } from "../support/pages.ts";
import { MOST_SIGN_INS } from "../../src/protocol/sign-in-cookies.middleware.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useBrowser } from "../support/visitors.ts";

describe("many unfinished sign-ins in a browser", () => {
  const open = useBrowser();
  const vestibule = useVestibule({ user: {}, application: {} });

  it("leave the cookies of others alone, and none when the last one is finished", async () => {
    const { page, context } = await open();
    const { hostname } = new URL(vestibule.issuer);
    const others = Array.from({ length: 100 }, (_, number) => ({
      ...{ name: `other-${String(number)}`, value: "x", domain: hostname, path: "/" },
    }));
    await context.addCookies(others);
    for (let tab = 0; tab < MOST_SIGN_INS + 5; tab += 1) {
      await page.goto(vestibule.request().url, { waitUntil: "commit" });
    }
    const named = async (part: string) =>
      (await context.cookies()).filter(({ name }) => name.includes(part)).map(({ name }) => name);
    expect(await named("-interaction")).to.have.lengthOf(MOST_SIGN_INS);
    expect(await named("-resume")).to.deep.equal([]);
    await onPage(page, "Sign in");
    await sendIn(page, entriesOf(vestibule.user));
    await onPage(page, "Arrived");
    expect(await named("-interaction")).to.have.lengthOf(MOST_SIGN_INS - 1);
    expect(await named("other-")).to.have.lengthOf(100);
  });
});
