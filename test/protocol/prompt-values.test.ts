import { expect } from "chai";
import { basic, follow, openSignIn, signIn } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("the prompt of an authorization request", () => {
  const vestibule = useVestibule({ user: {}, application: {} });

  const signedIn = async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    return browser;
  };

  it("has the values that the discovery document lists", async () => {
    const { body } = await vestibule.browser().get("/.well-known/openid-configuration");
    const document = JSON.parse(body) as Record<string, unknown>;
    expect(document["prompt_values_supported"]).to.have.members([
      "none",
      "login",
      "consent",
      "select_account",
    ]);
  });

  for (const prompt of ["select_account", "login select_account", "select_account consent"]) {
    it(`asks for the sign-in again, as login does: ${prompt}`, async () => {
      const browser = await signedIn();
      const request = vestibule.request({ prompt });
      const page = await openSignIn(browser, request);
      expect(page.body).to.contain('name="password"').and.contain("Ledger");
      const redirect = await signIn(await signedIn(), vestibule.request({ prompt }), vestibule.user);
      expect(redirect.searchParams.get("code"), "once").to.be.a("string");
    });
  }

  it("means the same in a pushed request", async () => {
    const { id, secret } = vestibule.application;
    const fields = Object.fromEntries(
      new URL(vestibule.request({ prompt: "select_account" }).url).searchParams,
    );
    const browser = await signedIn();
    const pushed = await browser.send("/par", {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        authorization: basic(id, secret ?? ""),
      },
      body: new URLSearchParams(fields).toString(),
    });
    const { request_uri: uri } = JSON.parse(pushed.body) as Record<string, string>;
    const query = new URLSearchParams({ client_id: id, request_uri: uri ?? "" });
    const page = await follow(browser, await browser.get(`/authorize?${query.toString()}`));
    expect(page.body).to.contain('name="password"');
  });

  it("is refused where none comes with another value, or a value is unknown", async () => {
    const browser = await signedIn();
    const values = [
      "none login",
      "none consent",
      "select_account none",
      "none select_account",
      "create",
      "Login",
    ];
    for (const prompt of values) {
      const { location } = await browser.get(vestibule.request({ prompt }).url);
      const { searchParams } = new URL(location);
      expect([prompt, searchParams.get("error")]).to.deep.equal([prompt, "invalid_request"]);
      expect(searchParams.get("error_description")).to.contain("prompt must be none");
    }
  });
});
