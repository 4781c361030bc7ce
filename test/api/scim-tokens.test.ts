import { expect } from "chai";
import { IdempotencyStore } from "../../src/api/idempotency-store.ts";
import { API_SCOPE_NAMES, type ApiScope } from "../../src/domain/access/api-scopes.ts";
import { DIRECTORY_SCOPES } from "../../src/domain/provisioning/scim-access.ts";
import { apiClient } from "../support/api-client.ts";
import { aroundMethod } from "../support/around-method.ts";
import { asOwner } from "../support/database.ts";
import { makeOffice } from "../support/people.ts";
import { ScimClient } from "../support/scim-client.ts";
import { useFresh } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const SCOPES: readonly ApiScope[] = ["scim:write", ...DIRECTORY_SCOPES];

describe("the token of a directory at the management API", () => {
  const world = useVestibule({ user: {} });
  const office = useFresh(() => makeOffice(world.services));
  const path = () => `/offices/${office.id}/scim-tokens`;
  const statusOf = async (token: unknown) =>
    (await new ScimClient(world.browser(), String(token)).get("/Users")).status;
  const eventsOf = () =>
    asOwner<{ type: string; actor: string }>(
      world.database,
      `select type, actor from audit_events where office_id = '${office.id}' and type like 'scim.%' order by at, id`,
    );

  it("T227 is made and replaced, shown once, and ended, by the application in the audit log", async () => {
    const api = await apiClient(world, office, SCOPES);
    const first = await api.post(path());
    expect(first.status).to.equal(201);
    expect(first.body["address"]).to.match(/^http.*\/scim\/v2$/);
    const second = await api.post(path());
    const [one, two] = [first.body["token"], second.body["token"]];
    expect([await statusOf(one), await statusOf(two)]).to.deep.equal([200, 200]);
    const listed = await api.get(path());
    const items = listed.body["items"] as Record<string, unknown>[];
    expect(items.map(({ endsAt }) => endsAt === null)).to.deep.equal([true, false]);
    expect(items.every(({ usedAt }) => typeof usedAt === "string")).to.equal(true);
    expect(listed.text).to.not.contain(String(one)).and.not.contain(String(two));
    expect((await api.delete(`${path()}?which=replaced`)).status).to.equal(204);
    expect([await statusOf(one), await statusOf(two)]).to.deep.equal([401, 200]);
    expect((await api.delete(`${path()}?which=all`)).status).to.equal(204);
    expect(await statusOf(two)).to.equal(401);
    expect((await api.delete(`${path()}?which=all`)).status).to.equal(204);
    const { id: actor } = api.application;
    expect(await eventsOf()).to.deep.equal([
      { type: "scim.token-made", actor },
      { type: "scim.token-replaced", actor },
      { type: "scim.token-ended", actor },
      { type: "scim.token-ended", actor },
    ]);
  });

  it("T227 gives no directory more than the application itself may, and needs a scope of its own", async () => {
    for (const lacking of SCOPES) {
      const api = await apiClient(
        world,
        office,
        API_SCOPE_NAMES.filter((scope) => scope !== lacking),
      );
      const { status, body } = await api.post(path());
      expect({ status, code: body["code"] }, lacking).to.deep.equal({
        status: 403,
        code: "insufficient-scope",
      });
    }
    const ends = await apiClient(world, office, ["scim:write"]);
    expect((await ends.get(path())).status).to.equal(200);
    expect((await ends.delete(`${path()}?which=all`)).status).to.equal(204);
    expect(await eventsOf()).to.deep.equal([]);
  });

  it("T227 is out of reach for another office's application, and for the platform's, as for its people", async () => {
    const other = await apiClient(world, await makeOffice(world.services), SCOPES);
    const platform = await apiClient(world, null, SCOPES);
    for (const [api, code] of [
      [other, "not-found"],
      [platform, "not-permitted"],
    ] as const) {
      for (const answer of [
        await api.get(path()),
        await api.post(path()),
        await api.delete(`${path()}?which=all`),
      ]) {
        expect(answer.body).to.include({ code });
      }
    }
    expect(await eventsOf()).to.deep.equal([]);
  });

  it("T227 is made once by requests at the same moment", async () => {
    const api = await apiClient(world, office, SCOPES);
    const answers = await Promise.all([1, 2, 3, 4].map(() => api.post(path())));
    const current = answers.filter(({ status }) => status === 201);
    expect(current).to.not.be.empty;
    const refused = answers.filter(({ status }) => status !== 201).map(({ body }) => body["code"]);
    expect(new Set(refused).size).to.be.at.most(1);
    expect(refused.every((code) => code === "not-possible-now")).to.equal(true);
    const valid = await world.services.stores.scimTokens.list(office.id);
    expect(valid.filter(({ endsAt }) => endsAt === null)).to.have.length(1);
    expect(await eventsOf()).to.have.length(current.length);
  });

  it("T226 is the same one when the request is repeated because its answer was lost", async () => {
    const api = await apiClient(world, office, SCOPES);
    const before = await api.post(path());
    const make = () => api.post(path(), undefined, { "idempotency-key": "lost" });
    const restore = aroundMethod(IdempotencyStore, "keep", () =>
      Promise.reject(new Error("the process ended")),
    );
    try {
      expect((await make()).status).to.equal(500);
    } finally {
      restore();
    }
    await asOwner(world.database, "update api_requests set begun_at = begun_at - interval '2 minutes'");
    const again = await make();
    expect(again.status).to.equal(201);
    expect([await statusOf(before.body["token"]), await statusOf(again.body["token"])]).to.deep.equal([
      200, 200,
    ]);
    expect((await eventsOf()).map(({ type }) => type)).to.deep.equal([
      "scim.token-made",
      "scim.token-replaced",
    ]);
  });

  it("says what is wrong with a request to end tokens", async () => {
    const api = await apiClient(world, office, SCOPES);
    for (const query of ["", "?which=some"]) {
      const { status, body } = await api.delete(`${path()}${query}`);
      expect(status).to.equal(400);
      expect((body["errors"] as { field: string }[])[0]).to.include({ field: "which" });
    }
  });
});
