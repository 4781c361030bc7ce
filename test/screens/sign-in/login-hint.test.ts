import { expect } from "chai";
import { makeApplication } from "../../support/people.ts";
import { authorizationRequest, openSignIn } from "../../support/relying-party.ts";
import type { TestApplication } from "../../support/people.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("an application that sends back the name that it got for a user", () => {
  const vestibule = useVestibule({ office: { code: "PLAIN" }, application: {} });

  /** Without the office code where it is fixed: then it is no field. */
  async function filledIn(
    changes: Record<string, string>,
    application: TestApplication = vestibule.application,
  ) {
    const request = authorizationRequest(vestibule.issuer, application, changes);
    const { body } = await openSignIn(vestibule.browser(), request);
    const value = (name: string) => new RegExp(`name="${name}"[^>]*? value="([^"]*)"`).exec(body)?.[1];
    return [value("officeCode"), value("username")];
  }

  it("fills in the office and the username", async () => {
    expect(await filledIn({ login_hint: "anna@PLAIN" })).to.deep.equal(["PLAIN", "anna"]);
    expect(await filledIn({ login_hint: "anna@plain", office: "plain" })).to.deep.equal([undefined, "anna"]);
  });

  it("fills in a name of another office than the request's as it is", async () => {
    expect(await filledIn({ login_hint: "anna@NOORD", office: "PLAIN" })).to.deep.equal([
      undefined,
      "anna@NOORD",
    ]);
  });

  it("fills in the whole name where it gets names without the office code", async () => {
    const bare = await makeApplication(vestibule.services, { bareUsername: true });
    expect(await filledIn({ login_hint: "anna@plain" }, bare)).to.deep.equal(["", "anna@plain"]);
  });

  it("fills in a mail address as it is", async () => {
    expect(await filledIn({ login_hint: "anna@plain.example" })).to.deep.equal(["", "anna@plain.example"]);
  });
});
