import { expect } from "chai";
import { makeKeyClient } from "../support/key-client.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { basic, claimsOf } from "../support/relying-party.ts";
import { tokensFor, type Tokens } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

type Fields = Readonly<Record<string, string>>;

/** Ways in which a library writes that it has no secret. */
const EMPTY: Readonly<Record<string, (id: string) => { authorization?: string; fields: Fields }>> = {
  "in the header": (id) => ({ authorization: basic(id, ""), fields: {} }),
  "in the header, with the id in the form too": (id) => ({
    authorization: basic(id, ""),
    fields: { client_id: id },
  }),
  "in the header and in the form": (id) => ({
    authorization: basic(id, ""),
    fields: { client_id: id, client_secret: "" },
  }),
  "in the form": (id) => ({ fields: { client_id: id, client_secret: "" } }),
};

describe("an empty secret", () => {
  const vestibule = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" }, user: {}, application: {} });
  let publics: readonly TestApplication[];
  let confidential: readonly TestApplication[];

  before(async () => {
    const { services } = vestibule;
    publics = [
      await makeApplication(services, { type: "browser" }),
      await makeApplication(services, {
        type: "native",
        redirectUris: ["http://127.0.0.1/cb"],
        deviceFlow: true,
      }),
    ];
    confidential = [
      vestibule.application,
      await makeApplication(services, { type: "machine", redirectUris: [] }),
      (await makeKeyClient(services)).client,
    ];
  });

  async function call(path: string, authorization: string | undefined, fields: Fields) {
    const { status, body } = await vestibule.browser().send(path, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: new URLSearchParams(fields).toString(),
    });
    return { status, body: JSON.parse(body) as Record<string, unknown> };
  }

  const refreshOf = ({ refresh }: Tokens): Fields => ({
    grant_type: "refresh_token",
    refresh_token: refresh,
  });

  for (const [where, sent] of Object.entries(EMPTY)) {
    it(`${where} is none, for a public application at the token endpoint`, async () => {
      for (const application of publics) {
        const tokens = await tokensFor(vestibule.browser(), application, vestibule.user);
        const { authorization, fields } = sent(application.id);
        const { status, body } = await call("/token", authorization, { ...refreshOf(tokens), ...fields });
        expect(status, JSON.stringify(body)).to.equal(200);
        expect(claimsOf(body["id_token"])["aud"]).to.equal(application.id);
      }
    });

    it(`${where} is none, for a public application wherever it calls`, async () => {
      for (const application of publics) {
        const { authorization, fields } = sent(application.id);
        const query = Object.fromEntries(new URL(vestibule.request({}, application).url).searchParams);
        expect((await call("/par", authorization, { ...query, ...fields })).status).to.equal(201);
        for (const path of ["/introspect", "/revoke"]) {
          expect((await call(path, authorization, { token: "x", ...fields })).status, path).to.equal(200);
        }
      }
    });

    it(`T142 T72 ${where} never authenticates an application that has a secret or a key`, async () => {
      const tokens = await tokensFor(vestibule.browser(), vestibule.application, vestibule.user);
      for (const application of confidential) {
        const { authorization, fields } = sent(application.id);
        for (const [path, form] of [
          ["/token", refreshOf(tokens)],
          ["/token", { grant_type: "client_credentials" }],
          ["/par", {}],
          ["/introspect", { token: tokens.access }],
          ["/revoke", { token: tokens.access }],
        ] as const) {
          const { status, body } = await call(path, authorization, { ...form, ...fields });
          expect([status, body["error"]], `${path} of a ${application.application.type}`).to.deep.equal(
            authorization === undefined ? [401, "invalid_client"] : [400, "invalid_request"],
          );
        }
      }
    });
  }

  it("is none at the device authorization endpoint", async () => {
    const [, device] = publics;
    const id = device?.id ?? "";
    const { status, body } = await call("/device/authorize", basic(id, ""), { scope: "openid" });
    expect([status, typeof body["device_code"]]).to.deep.equal([200, "string"]);
  });

  it("T142 lets the header name one application alone, and no other way beside it", async () => {
    const [first, second] = publics;
    const [id, other] = [first?.id ?? "", second?.id ?? ""];
    const { secret } = vestibule.application;
    for (const fields of [
      { client_id: other },
      { client_id: vestibule.application.id },
      { client_id: vestibule.application.id, client_secret: secret ?? "" },
      { client_secret: "x" },
      { client_assertion: "x", client_assertion_type: "y" },
    ]) {
      const form = { grant_type: "refresh_token", refresh_token: "x", ...fields };
      const { status, body } = await call("/token", basic(id, ""), form);
      expect([status, body["error"]], JSON.stringify(fields)).to.deep.equal([400, "invalid_request"]);
    }
  });

  it("T142 keeps a form that is too large or of another type refused", async () => {
    const [first] = publics;
    const authorization = basic(first?.id ?? "", "");
    const large = await call("/token", authorization, { grant_type: "x".repeat(60_000) });
    expect([large.status, large.body["error"]]).to.deep.equal([413, "invalid_request"]);
    const { status } = await vestibule.browser().send("/token", {
      method: "POST",
      headers: { authorization, "content-type": "application/json", accept: "application/json" },
      body: "{}",
    });
    expect(status).to.equal(400);
  });

  it("changes nothing about userinfo, which takes no credentials of an application", async () => {
    const [first] = publics;
    const headers = { authorization: basic(first?.id ?? "", ""), accept: "application/json" };
    expect((await vestibule.browser().get("/userinfo", { headers })).status).to.be.oneOf([400, 401]);
  });
});
