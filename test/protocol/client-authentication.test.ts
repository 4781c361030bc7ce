import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { makeApi, MACHINE_OF_API } from "../support/machine-api.ts";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { basic } from "../support/relying-party.ts";
import { MINUTE, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

interface Ask {
  readonly path?: string;
  readonly authorization?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

describe("how an application proves who it is", () => {
  const vestibule = useVestibule();
  let machine: TestApplication;
  let other: TestApplication;
  let open: TestApplication;
  const secretOf = ({ secret }: TestApplication) => secret ?? "";

  before(async () => {
    await makeApi(vestibule.services);
    machine = await makeApplication(vestibule.services, MACHINE_OF_API);
    other = await makeApplication(vestibule.services, MACHINE_OF_API);
    open = await makeApplication(vestibule.services, { type: "browser" });
  });

  const ask = async ({ path = "/token", authorization, fields = {} }: Ask) => {
    const browser = vestibule.browser();
    const { status, body } = await browser.send(path, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: new URLSearchParams({ grant_type: "client_credentials", ...fields }).toString(),
    });
    const parsed = JSON.parse(body) as Record<string, unknown>;
    return [status, parsed["error"] ?? "tokens"];
  };
  const GIVEN = [200, "tokens"];
  const REFUSED = [401, "invalid_client"];

  it("T72 takes the right secret in the header or in the body", async () => {
    const secret = secretOf(machine);
    expect(await ask({ authorization: basic(machine.id, secret) })).to.deep.equal(GIVEN);
    const inBody = await ask({ fields: { client_id: machine.id, client_secret: secret } });
    expect(inBody).to.deep.equal(GIVEN);
  });

  it("T72 refuses an empty secret and none", async () => {
    expect(await ask({ fields: { client_id: machine.id } }), "none").to.deep.equal(REFUSED);
    const empty = await ask({ fields: { client_id: machine.id, client_secret: "" } });
    expect(empty, "empty in the body").to.deep.equal(REFUSED);
    const emptyHeader = await ask({ authorization: basic(machine.id, "") });
    expect(emptyHeader, "empty in the header").to.deep.equal([400, "invalid_request"]);
    expect(await ask({}), "no application at all").to.deep.equal([400, "invalid_request"]);
  });

  it("T72 refuses what stands for a hashed secret inside", async () => {
    for (const secret of ["kept as a hash", "null", "undefined", "[secret]"]) {
      expect(await ask({ authorization: basic(machine.id, secret) }), secret).to.deep.equal(REFUSED);
    }
  });

  it("T72 refuses a secret in the address", async () => {
    const query = new URLSearchParams({ client_id: machine.id, client_secret: secretOf(machine) }).toString();
    expect(await ask({ path: `/token?${query}` })).to.deep.equal([400, "invalid_request"]);
    const named = await ask({ path: `/token?${query}`, fields: { client_id: machine.id } });
    expect(named).to.deep.equal(REFUSED);
  });

  it("T72 refuses two ways at once, even with the right secret in both", async () => {
    const secret = secretOf(machine);
    const both = { authorization: basic(machine.id, secret), fields: { client_secret: secret } };
    expect(await ask(both)).to.deep.equal([400, "invalid_request"]);
    const twoNames = { authorization: basic(machine.id, secret), fields: { client_id: other.id } };
    expect(await ask(twoNames)).to.deep.equal([400, "invalid_request"]);
  });

  it("T72 refuses another application's secret and an unknown application", async () => {
    expect(await ask({ authorization: basic(machine.id, secretOf(other)) })).to.deep.equal(REFUSED);
    expect(await ask({ authorization: basic("app_unknown", secretOf(machine)) })).to.deep.equal(REFUSED);
    const wrongCase = secretOf(machine).replace(/[a-z]/, (letter) => letter.toUpperCase());
    expect(await ask({ authorization: basic(machine.id, wrongCase) })).to.deep.equal(REFUSED);
  });

  it("T72 refuses a public application that sends a secret", async () => {
    const fields = { grant_type: "refresh_token", refresh_token: "x", client_id: open.id };
    expect(await ask({ fields })).to.deep.equal([400, "invalid_grant"]);
    expect(await ask({ fields: { ...fields, client_secret: "x" } })).to.deep.equal(REFUSED);
  });

  it("T72 asks for the secret at every address that programs call", async () => {
    for (const path of ["/introspect", "/revoke", "/par"]) {
      const answer = await ask({ path, authorization: basic(machine.id, "wrong"), fields: { token: "x" } });
      expect(answer, path).to.deep.equal(REFUSED);
    }
  });

  it("T72 takes the old secret beside the new one for as long as was said, and none before it", async () => {
    const { services } = vestibule;
    const fresh = await makeApplication(services, MACHINE_OF_API);
    const first = secretOf(fresh);
    const at = (secret: string) => ask({ authorization: basic(fresh.id, secret) });
    const rotate = async () => {
      const application = (await services.applications.find(fresh.id)) ?? fresh.application;
      return (await services.applicationService.rotateSecret(application, "test", 2)).reveal();
    };
    const second = await rotate();
    const heard = () =>
      eventually(
        () => at(second),
        ([status]) => status === 200,
      );
    expect([await heard(), await at(first)]).to.deep.equal([GIVEN, GIVEN]);
    travel(119 * MINUTE);
    expect([await at(second), await at(first)]).to.deep.equal([GIVEN, GIVEN]);
    travel(2 * MINUTE);
    expect([await at(second), await at(first)]).to.deep.equal([GIVEN, REFUSED]);
    const third = await rotate();
    await eventually(
      () => at(third),
      ([status]) => status === 200,
    );
    expect([await at(third), await at(second), await at(first)]).to.deep.equal([GIVEN, GIVEN, REFUSED]);
  });

  it("T72 refuses the old secret as soon as there is a new one", async () => {
    const { services } = vestibule;
    const fresh = await makeApplication(services, MACHINE_OF_API);
    const secret = await services.applicationService.rotateSecret(fresh.application, "test");
    expect(await ask({ authorization: basic(fresh.id, secretOf(fresh)) })).to.deep.equal(REFUSED);
    expect(await ask({ authorization: basic(fresh.id, secret.reveal()) })).to.deep.equal(GIVEN);
  });

  it("T72 stops a client that sent 20 wrong secrets, for 15 minutes and for that application alone", async () => {
    const guessed = await makeApplication(vestibule.services, MACHINE_OF_API);
    for (let guess = 1; guess <= 20; guess += 1) {
      const answer = await ask({ authorization: basic(guessed.id, `guess-${String(guess)}`) });
      expect(answer, `guess ${String(guess)}`).to.deep.equal(REFUSED);
    }
    const right = { authorization: basic(guessed.id, secretOf(guessed)) };
    expect(await ask(right), "the right secret").to.deep.equal([400, "invalid_client"]);
    expect(await ask({ authorization: basic(other.id, secretOf(other)) }), "another one").to.deep.equal(
      GIVEN,
    );
    const alarms = await asOwner(
      vestibule.database,
      "select 1 from audit_events where type = 'application.wrong-secret' and subject = $1 and outcome = 'alarm'",
      [guessed.id],
    );
    expect(alarms).to.have.lengthOf(1);
    travel(16 * MINUTE);
    expect(await ask(right), "after the wait").to.deep.equal(GIVEN);
  });

  it("T72 gives no refresh token, no ID token and no userinfo to a machine", async () => {
    const browser = vestibule.browser();
    const { body } = await browser.send("/token", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: basic(machine.id, secretOf(machine)),
      },
      body: "grant_type=client_credentials",
    });
    const tokens = JSON.parse(body) as Record<string, string>;
    expect(tokens).to.have.keys("access_token", "token_type", "expires_in");
    const authorization = `Bearer ${tokens["access_token"] ?? ""}`;
    const answer = await browser.get("/userinfo", { headers: { authorization, accept: "application/json" } });
    expect(answer.status).to.equal(401);
  });
});
