import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import type { Page } from "../support/http-browser.ts";
import { makeOffice } from "../support/people.ts";
import { openSignIn } from "../support/relying-party.ts";
import { HOUR, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const CODES = 30;

describe("the links of offices", () => {
  const vestibule = useVestibule({
    settings: { VESTIBULE_TRUSTED_PROXY_HOPS: "1" },
    office: { code: "NOORD", name: "Kantoor Noord" },
    application: {},
  });
  beforeEach(() => asOwner(vestibule.database, "delete from rate_limits"));

  const open = (code: string, from = "203.0.113.7", browser = vestibule.browser()): Promise<Page> =>
    browser.get(`/o/${code}`, { headers: { "x-forwarded-for": from } });
  const openMany = async (codes: readonly string[], from?: string): Promise<number[]> => {
    const statuses: number[] = [];
    for (const code of codes) {
      statuses.push((await open(code, from)).status);
    }
    return statuses;
  };
  const guesses = (count: number) => Array.from({ length: count }, (_, index) => `GUESS-${String(index)}`);

  it("T130 are tried thirty times an hour by one address, whether or not the offices exist", async () => {
    expect(new Set(await openMany(guesses(CODES)))).to.deep.equal(new Set([404]));
    const known = await open("NOORD");
    const unknown = await open("GUESS-X");
    for (const page of [known, unknown]) {
      expect(page.status).to.equal(429);
      expect(page.body).to.contain("Please wait a while").and.not.contain("Kantoor Noord");
      expect(Number(page.headers["retry-after"])).to.be.within(3_500, 3_600);
      expect(page.setCookies).to.be.empty;
    }
    travel(HOUR);
    expect((await open("NOORD")).status).to.equal(200);
  });

  it("T130 count offices that exist as well, so that a list of codes is not turned into a list of names", async () => {
    const codes = guesses(CODES).map((code) => `REAL-${code}`);
    for (const code of codes) {
      await makeOffice(vestibule.services, { code });
    }
    expect(new Set(await openMany(codes))).to.deep.equal(new Set([200]));
    expect((await open("NOORD")).status).to.equal(429);
  });

  it("T130 count for the address alone, a whole IPv6 network as one", async () => {
    await openMany(guesses(CODES), "2001:db8:1:2::1");
    expect((await open("NOORD", "2001:db8:1:2:ffff::2")).status).to.equal(429);
    expect((await open("NOORD", "2001:db8:1:3::1")).status).to.equal(200);
    expect((await open("NOORD", "203.0.113.8")).status).to.equal(200);
  });

  it("are open to a company behind one address, however many open the link of their own office", async () => {
    const codes = Array.from({ length: CODES * 2 }, () => "noord");
    expect(new Set(await openMany(codes))).to.deep.equal(new Set([200]));
  });

  it("stay open in a browser that has been there, also when its address has to wait", async () => {
    const browser = vestibule.browser();
    expect((await open("NOORD", undefined, browser)).status).to.equal(200);
    await openMany(guesses(CODES));
    expect((await open("NOORD", undefined, browser)).status).to.equal(200);
    expect((await open("GUESS-X", undefined, browser)).status).to.equal(429);
  });

  it("are not needed for signing in, which goes on when the address has to wait", async () => {
    await openMany(guesses(CODES + 1));
    expect((await openSignIn(vestibule.browser(), vestibule.request({ office: "noord" }))).status).to.equal(
      200,
    );
  });
});
