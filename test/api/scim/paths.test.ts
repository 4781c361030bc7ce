import { expect } from "chai";
import { refusal, scimClient, type ScimClient } from "../../support/scim-client.ts";
import { onceMade } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

describe("the paths of a PATCH of a directory", () => {
  const world = useVestibule({ user: { username: "ines", name: "Ines Smit", mail: "ines@mail.example" } });
  let made: ScimClient | null = null;
  const directory = onceMade(() => made);
  const path = () => `/Users/${world.user.id}`;
  const patch = (operation: Readonly<Record<string, unknown>>) => directory.patch(path(), [operation]);

  before(async () => {
    made = await scimClient(world, world.office);
  });

  it("T194 may begin with the schema of users, and may be that schema alone", async () => {
    const replace = { op: "replace" };
    const done: readonly (readonly [Record<string, unknown>, Record<string, unknown>])[] = [
      [{ ...replace, path: `${USER}:displayName`, value: "One" }, { displayName: "One" }],
      [{ ...replace, path: `${USER}:active`, value: false }, { active: false }],
      [
        { ...replace, path: USER, value: { active: true, displayName: "Two" } },
        { active: true, displayName: "Two" },
      ],
      [{ op: "add", path: USER.toUpperCase(), value: { externalId: "e-7" } }, { externalId: "e-7" }],
      [{ ...replace, value: { [USER]: { displayName: "Three" } } }, { displayName: "Three" }],
      [{ ...replace, value: { [`${USER}:displayName`]: "Four" } }, { displayName: "Four" }],
    ];
    for (const [operation, after] of done) {
      const reply = await patch(operation);
      expect(refusal(reply), JSON.stringify(operation)).to.equal("200");
      expect(reply.body, JSON.stringify(operation)).to.include(after);
    }
    await patch({ ...replace, path: `${USER}:name.familyName`, value: "Jansen" });
    await patch({ ...replace, path: USER, value: { "name.givenName": "Inés" } });
    const { body } = await directory.get(path());
    expect(body["name"]).to.include({ familyName: "Jansen", givenName: "Inés" });
    const whole = { userName: "ines", [USER]: { displayName: "Five" } };
    expect((await directory.put(path(), whole)).body).to.include({ displayName: "Five" });
  });

  it("T194 are refused where no schema has them, instead of being taken without any effect", async () => {
    const wrong: readonly string[] = [
      `${USER}.active`,
      `${USER}[active eq true]`,
      `${USER}:${USER}:active`,
      `${GROUP}:displayName`,
      GROUP,
      "urn:ietf:params:scim:schemas:core:2.0:Users:active",
      "urn:example:other:2.0:User:active",
      `${ENTERPRISE}:nothing`,
      `${ENTERPRISE}:department.value`,
      `${ENTERPRISE}.department`,
      "title.nothing",
      "title.value",
      'title[type eq "work"]',
      "password.value",
      "phoneNumbers.nothing",
      'phoneNumbers[type eq "work"].nothing',
      "addresses.nothing",
      "schemas.value",
    ];
    for (const each of wrong) {
      const reply = await patch({ op: "replace", path: each, value: "x" });
      expect(refusal(reply), each).to.equal("400 invalidPath");
    }
    const gone = await patch({ op: "remove", path: USER });
    expect(refusal(gone), "removing a whole schema").to.equal("400 invalidPath");
    const garbage = await patch({ op: "replace", path: "phoneNumbers[type is].value", value: "x" });
    expect(refusal(garbage)).to.equal("400 invalidFilter");
  });

  it("are taken, and left out, where a schema has what is not kept", async () => {
    const left: readonly (readonly [string, unknown])[] = [
      ["title", "Head"],
      [`${USER}:title`, "Head"],
      ['phoneNumbers[type eq "mobile"].value', "+31612345678"],
      ["phoneNumbers", [{ value: "+31612345678" }]],
      ['addresses[type eq "work"].streetAddress', "Street 1"],
      ["addresses.formatted", "Street 1"],
      ["name.middleName", "van"],
      [ENTERPRISE, { department: "Sales" }],
      [`${ENTERPRISE}:department`, "Sales"],
      [`${ENTERPRISE}:manager`, { value: "x" }],
      [`${ENTERPRISE}:manager.value`, "x"],
    ];
    for (const [each, value] of left) {
      expect(refusal(await patch({ op: "replace", path: each, value })), each).to.equal("200");
    }
  });

  it("T195 of a group may begin with its schema too, also as the name of a value", async () => {
    const { id } = world.user;
    const members = [{ value: id }];
    const done: readonly (readonly [Record<string, unknown>, number])[] = [
      [{ op: "add", value: { [`${GROUP}:members`]: members } }, 1],
      [{ op: "remove", path: `${GROUP}:members[value eq "${id}"]` }, 0],
      [{ op: "add", path: GROUP, value: { members } }, 1],
      [{ op: "replace", value: { [GROUP]: { members: [] } } }, 0],
    ];
    for (const [operation, count] of done) {
      const reply = await directory.patch("/Groups/accountant", [operation]);
      expect(refusal(reply), JSON.stringify(operation)).to.equal("204");
      const { body } = await directory.get("/Groups/accountant");
      expect(body["members"], JSON.stringify(operation)).to.have.length(count);
    }
    for (const each of [`${USER}:members`, `${GROUP}.members`, "urn:example:members", "members.value"]) {
      const reply = await directory.patch("/Groups/accountant", [{ op: "add", path: each, value: members }]);
      expect(refusal(reply), each).to.equal("400 invalidPath");
    }
    const gone = await directory.patch("/Groups/accountant", [{ op: "remove", path: GROUP }]);
    expect(refusal(gone)).to.equal("400 invalidPath");
  });
});
