import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { placeOf } from "../../support/example.ts";
import type { TestUser } from "../../support/people.ts";
import type { Recorded } from "../../support/recorded-client.ts";
import { atTheSameMoment, ReplayedClient } from "../../support/replayed-client.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const PLACE = placeOf("test/clients/recorded");

/** What `npm run clients -- --record` has heard, and what clients that cannot be run here are documented to send. */
const RECORDS = readdirSync(PLACE).map(
  (file) => JSON.parse(readFileSync(`${PLACE}/${file}`, "utf8")) as Recorded,
);

/** Software that asks no userinfo, and what it has to find in the ID token. */
const FROM_THE_ID_TOKEN: Readonly<Record<string, string>> = {
  "argo-cd": "groups",
  dex: "name",
  kubelogin: "name",
  "kubelogin-device-code": "name",
  nextcloud: "name",
  step: "email",
};

describe("stock clients, with the requests that they are known to send", () => {
  const world = useVestibule({ settings: { VESTIBULE_DEVICE_FLOW: "yes" } });
  let user: TestUser;
  before(async () => {
    const mail = { mail: "anna@plain.example", isMailProved: true };
    const office = await world.makeOffice({ code: "PLAIN" });
    user = await world.makeUser({ username: "anna", name: "Anna de Vries", ...mail }, office);
  });

  for (const record of RECORDS) {
    it(`${record.client} ${record.version} gets every answer that it needs`, async () => {
      const client = await ReplayedClient.registered(world, record, user);
      for (const requests of atTheSameMoment(record.requests)) {
        await Promise.all(requests.map((request) => client.send(request)));
      }
      expect(client.sub).to.equal(user.id);
      const claim = FROM_THE_ID_TOKEN[record.client];
      if (claim !== undefined) {
        expect(client.idToken).to.include.keys(claim);
      }
      if (record.requests.some(({ path }) => path === "/userinfo")) {
        expect(client.userinfo["sub"]).to.equal(user.id);
      }
    });
  }

  /** Their own defaults send neither PKCE nor a nonce: docs/clients.md names the setting that each needs. */
  for (const name of ["argo-cd", "grafana", "oauth2-proxy", "requests-oauthlib"]) {
    it(`${name} is told at once what to send where PKCE is not switched on`, async () => {
      const record = RECORDS.find(({ client }) => client === name) ?? expect.fail(name);
      const [request] = record.requests;
      expect(request?.parameters).to.include.keys("code_challenge").and.not.include.keys("nonce");
      const client = await ReplayedClient.registered(world, record, user);
      const refused = await client.refusal(request ?? expect.fail(), [
        "code_challenge",
        "code_challenge_method",
      ]);
      expect(refused).to.include({ error: "invalid_request" });
      expect(refused["error_description"]).to.contain("code_challenge").and.to.contain("nonce");
    });
  }

  it("are replayed also where they cannot be run here", () => {
    const documented = RECORDS.filter(({ source }) => source !== "recorded").map(({ client }) => client);
    expect(documented).to.include.members([
      "aspnet-core",
      "appauth",
      "grafana",
      "gitlab",
      "nextcloud",
      "argo-cd",
    ]);
  });
});
