import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { scimClient, usernamesOf, type ScimClient } from "../../support/scim-client.ts";
import { onceMade } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** The requests that Microsoft documents for Entra ID, in its order and with its spelling. */
describe("the provisioning cycle of Entra ID", () => {
  const world = useVestibule({ user: {} });
  let made: ScimClient | null = null;
  const directory = onceMade(() => made);
  let id = "";

  before(async () => {
    made = await scimClient(world, world.office);
  });

  const NEW_USER = {
    schemas: [
      "urn:ietf:params:scim:schemas:core:2.0:User",
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ],
    externalId: "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    userName: "Test_User_ab6490ee",
    active: true,
    emails: [{ primary: true, type: "work", value: "test_user@testuser.example" }],
    meta: { resourceType: "User" },
    name: { formatted: "givenName familyName", familyName: "familyName", givenName: "givenName" },
    roles: [],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Sales" },
  };

  it("tests the connection by looking for a user who cannot be there", async () => {
    const found = await directory.find('userName eq "6b2a4a0b-8d7c-4a5b-8d0a-3c1a1e6ffb8e"');
    expect(found.status).to.equal(200);
    expect(found.body).to.deep.include({ totalResults: 0, Resources: [] });
  });

  it("creates a user", async () => {
    const added = await directory.post("/Users", NEW_USER);
    expect(added.status, JSON.stringify(added.body)).to.equal(201);
    expect(added.headers["content-type"]).to.match(/^application\/scim\+json/);
    expect(added.body).to.deep.include({
      externalId: NEW_USER.externalId,
      userName: NEW_USER.userName,
      displayName: "givenName familyName",
      name: NEW_USER.name,
      emails: NEW_USER.emails,
      active: true,
    });
    id = String(added.body["id"]);
    expect(added.headers["location"]).to.equal(`${world.issuer}/scim/v2/Users/${id}`);
  });

  it("finds the user by name, in whichever case, by external id and by address", async () => {
    const filters = [
      'userName eq "test_user_AB6490EE"',
      `externalId eq "${NEW_USER.externalId}"`,
      'emails[type eq "work"].value eq "test_user@testuser.example"',
      'userName eq "Test_User_ab6490ee" and active eq true',
    ];
    for (const filter of filters) {
      expect(usernamesOf(await directory.find(filter)), filter).to.deep.equal([NEW_USER.userName]);
    }
    expect(usernamesOf(await directory.find('userName eq "Test_User_ab6490ee" and active eq "False"'))).to.be
      .empty;
    expect((await directory.get(`/Users/${id}`)).body).to.include({ id });
  });

  it("changes several attributes at once", async () => {
    const changed = await directory.patch(`/Users/${id}`, [
      { op: "Replace", path: 'emails[type eq "work"].value', value: "updated@microsoft.example" },
      { op: "Replace", path: "name.familyName", value: "updatedFamilyName" },
    ]);
    expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
    expect(changed.body).to.deep.include({
      name: {
        formatted: "givenName updatedFamilyName",
        familyName: "updatedFamilyName",
        givenName: "givenName",
      },
      emails: [{ value: "updated@microsoft.example", type: "work", primary: true }],
    });
  });

  it("renames the user", async () => {
    const renamed = await directory.patch(`/Users/${id}`, [
      { op: "Replace", path: "userName", value: "5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.example" },
    ]);
    expect(renamed.body).to.include({ userName: "5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.example" });
  });

  it("changes attributes without a path, by dotted names and by those of extensions", async () => {
    const changed = await directory.patch(`/Users/${id}`, [
      {
        op: "Add",
        value: {
          "name.givenName": "Ines",
          'emails[type eq "work"].value': "ines@microsoft.example",
          displayName: "Ines Smit",
          "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Bravo",
          'phoneNumbers[type eq "mobile"].value': "+31612345678",
        },
      },
    ]);
    expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
    expect(changed.body).to.deep.include({ displayName: "Ines Smit" });
    expect(changed.body["emails"]).to.deep.equal([
      { value: "ines@microsoft.example", type: "work", primary: true },
    ]);
  });

  it("disables by a text that says False, and enables again", async () => {
    for (const [value, active] of [
      ["False", false],
      ["True", true],
      [false, false],
      [true, true],
    ] as const) {
      const answer = await directory.patch(`/Users/${id}`, [{ op: "Replace", path: "active", value }]);
      expect(answer.body).to.include({ active });
      const [row] = await asOwner<{ status: string }>(
        world.database,
        "select status from users where id = $1",
        [id],
      );
      expect(row?.status).to.equal(active ? "active" : "disabled");
    }
  });

  it("deletes the user, who is then unknown", async () => {
    expect((await directory.delete(`/Users/${id}`)).status).to.equal(204);
    expect((await directory.get(`/Users/${id}`)).status).to.equal(404);
    expect((await directory.delete(`/Users/${id}`)).status).to.equal(404);
    expect((await directory.post("/Users", NEW_USER)).status).to.equal(201);
  });
});
