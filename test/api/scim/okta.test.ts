import { expect } from "chai";
import { scimClient, usernamesOf, type ScimClient } from "../../support/scim-client.ts";
import { onceMade } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** The requests that Okta documents, in its order and with its spelling. */
describe("the provisioning cycle of Okta", () => {
  const world = useVestibule({ office: {} });
  let made: ScimClient | null = null;
  const directory = onceMade(() => made);
  let user: Record<string, unknown> = {};

  before(async () => {
    made = await scimClient(world, world.office);
  });

  const NEW_USER = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: "test.user@okta.local",
    name: { givenName: "Test", familyName: "User" },
    emails: [{ primary: true, value: "test.user@okta.example", type: "work" }],
    displayName: "Test User",
    locale: "en-US",
    externalId: "00ujl29u0le5T6Aj10h7",
    groups: [],
    password: "1mz050nq",
    active: true,
  };

  it("looks for the user, and creates one", async () => {
    const path = `/Users?filter=${encodeURIComponent('userName eq "test.user@okta.local"')}&startIndex=1&count=100`;
    const none = await directory.get(path);
    expect(none.body).to.deep.equal({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
      ...{ totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] },
    });
    const added = await directory.post("/Users", NEW_USER);
    expect(added.status, JSON.stringify(added.body)).to.equal(201);
    expect(added.body).to.not.have.property("password");
    expect(usernamesOf(await directory.get(path))).to.deep.equal(["test.user@okta.local"]);
    user = added.body;
  });

  it("reads the user, and sends all of it back with a change", async () => {
    const id = String(user["id"]);
    const read = await directory.get(`/Users/${id}`);
    expect(read.body).to.deep.equal(user);
    const changed = await directory.put(`/Users/${id}`, {
      ...read.body,
      name: { givenName: "Another", familyName: "User", middleName: "" },
      displayName: "Another User",
      groups: [],
    });
    expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
    expect(changed.body).to.deep.include({
      displayName: "Another User",
      name: { formatted: "Another User", givenName: "Another", familyName: "User" },
      emails: NEW_USER.emails,
      externalId: NEW_USER.externalId,
    });
  });

  it("deactivates and reactivates by a PATCH of active alone, and by a PUT", async () => {
    const path = `/Users/${String(user["id"])}`;
    for (const active of [false, true]) {
      const answer = await directory.patch(path, [{ op: "replace", value: { active } }]);
      expect(answer.status).to.equal(200);
      expect(answer.body).to.include({ active, displayName: "Another User" });
    }
    const { body } = await directory.get(path);
    expect((await directory.put(path, { ...body, active: false })).body).to.include({ active: false });
    expect((await directory.put(path, { ...body, active: true })).body).to.include({ active: true });
  });

  it("pages through all users", async () => {
    for (const name of ["b.user", "a.user", "c.user"]) {
      const body = { schemas: NEW_USER.schemas, userName: name, displayName: name, active: true };
      expect((await directory.post("/Users", body)).status).to.equal(201);
    }
    const seen: unknown[] = [];
    for (const startIndex of [1, 3, 5]) {
      const page = await directory.get(`/Users?startIndex=${String(startIndex)}&count=2`);
      expect(page.body).to.include({ totalResults: 4, startIndex });
      seen.push(...usernamesOf(page));
    }
    expect(seen).to.deep.equal(["a.user", "b.user", "c.user", "test.user@okta.local"]);
    expect((await directory.get("/Users?count=0")).body).to.deep.include({ totalResults: 4, Resources: [] });
    const second = await directory.get(
      `/Users?filter=${encodeURIComponent('userName co "user"')}&startIndex=2&count=1`,
    );
    expect(second.body).to.include({ totalResults: 4, itemsPerPage: 1, startIndex: 2 });
    expect(usernamesOf(second)).to.deep.equal(["b.user"]);
  });

  it("asks what the service can do", async () => {
    const { body } = await directory.get("/ServiceProviderConfig");
    expect(body).to.deep.include({
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      changePassword: { supported: false },
      etag: { supported: true },
    });
    for (const kind of ["Schemas", "ResourceTypes"]) {
      const list = await directory.get(`/${kind}`);
      const [first] = list.body["Resources"] as { id: string }[];
      expect((await directory.get(`/${kind}/${first?.id ?? ""}`)).body).to.deep.equal(first);
      expect((await directory.get(`/${kind}/nothing`)).status).to.equal(404);
      expect((await directory.get(`/${kind}?filter=id%20pr`)).status).to.equal(403);
    }
    expect((await directory.post("/Bulk", {})).status).to.equal(501);
    expect((await directory.get("/Me")).status).to.equal(501);
  });
});
