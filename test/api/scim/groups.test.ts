import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import type { Role } from "../../../src/domain/access/role.ts";
import { asOwner } from "../../support/database.ts";
import { BY_HAND } from "../../support/outbox.ts";
import type { TestOffice } from "../../support/people.ts";
import { scimClient } from "../../support/scim-client.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

describe("the groups of a directory", () => {
  const world = useVestibule({ settings: BY_HAND, office: {} });

  async function makePlace() {
    const office = await world.makeOffice();
    const make = (username: string, role: Role = "user") =>
      world.makeUser({ username, role, name: username, mail: `${username}@mail.example` }, office);
    const lead = await make("lead", "superuser");
    const [ines, otto] = [await make("ines"), await make("otto")];
    return { office, lead, ines, otto, directory: await scimClient(world, office) };
  }

  const rolesOf = async (office: TestOffice) => {
    const rows = await asOwner<{ username: string; role: string }>(
      world.database,
      "select username, role from users where office_id = $1",
      [office.id],
    );
    return Object.fromEntries(rows.map(({ username, role }) => [username, role]));
  };
  const START = { lead: "superuser", ines: "user", otto: "user" };

  it("are the roles, found by their name as Entra ID does, and shown at the user", async () => {
    const { directory, lead } = await makePlace();
    const found = await directory.get(
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "Superuser"')}`,
    );
    expect(found.body).to.include({ totalResults: 1 });
    const [group] = found.body["Resources"] as Record<string, unknown>[];
    expect(group).to.include({ id: "superuser", displayName: "superuser" }).and.not.have.property("members");
    const whole = await directory.get("/Groups/superuser");
    expect((whole.body["members"] as { value: string }[]).map(({ value }) => value)).to.deep.equal([lead.id]);
    const { body } = await directory.get(`/Users/${lead.id}`);
    expect((body["groups"] as { value: string }[]).map(({ value }) => value)).to.deep.equal(["superuser"]);
    expect((await directory.find('groups.value eq "superuser"')).body).to.include({ totalResults: 1 });
    expect((await directory.get("/Groups")).body).to.include({ totalResults: 2 });
    expect((await directory.get("/Groups/sales")).status).to.equal(404);
    expect((await directory.post("/Groups", { displayName: "Sales" })).status).to.equal(403);
    expect((await directory.delete("/Groups/accountant")).status).to.equal(403);
  });

  it("get and lose members by every shape that Entra ID and Okta send", async () => {
    const { directory, office, ines, otto } = await makePlace();
    const path = "/Groups/accountant";
    const both = [{ value: ines.id }, { value: otto.id }];
    const steps: readonly (readonly [unknown, Record<string, string>])[] = [
      [
        { op: "Add", path: "members", value: both },
        { ines: "accountant", otto: "accountant" },
      ],
      [{ op: "Remove", path: "members", value: [{ $ref: null, value: ines.id }] }, { otto: "accountant" }],
      [{ op: "remove", path: `members[value eq "${otto.id}"]` }, {}],
      [{ op: "add", value: { members: [{ value: ines.id }] } }, { ines: "accountant" }],
      [{ op: "replace", path: "members", value: [{ value: otto.id }] }, { otto: "accountant" }],
      [{ op: "replace", value: { id: "accountant", displayName: "Accountant" } }, { otto: "accountant" }],
      [{ op: "Remove", path: "members" }, {}],
      [{ op: "Add", path: `${GROUP}:Members`, value: [{ value: ines.id }] }, { ines: "accountant" }],
      [{ op: "Remove", path: `${GROUP}:members[Value eq "${ines.id}"]` }, {}],
    ];
    for (const [operation, expected] of steps) {
      expect((await directory.patch(path, [operation])).status, JSON.stringify(operation)).to.equal(204);
      expect(await rolesOf(office), JSON.stringify(operation)).to.deep.equal({ ...START, ...expected });
    }
    const put = await directory.put(path, { displayName: "accountant", members: [{ value: ines.id }] });
    expect(put.status).to.equal(200);
    expect(await rolesOf(office)).to.deep.equal({ ...START, ines: "accountant" });
  });

  it("T195 change nothing when one member or operation is wrong", async () => {
    const { directory, office, lead, ines } = await makePlace();
    const foreign = await makePlace();
    const good = { op: "add", path: "members", value: [{ value: ines.id }] };
    const wrong: readonly (readonly [number, unknown])[] = [
      [400, { op: "add", path: "members", value: [{ value: foreign.ines.id }] }],
      [400, { op: "add", path: "members", value: [{ value: "x" }] }],
      [400, { op: "add", path: "members", value: "x" }],
      [400, { op: "add", path: "members", value: [{}] }],
      [400, { op: "add", path: "owners", value: [] }],
      [400, { op: "remove", path: 'members[display eq "x"]' }],
      [400, { op: "replace", path: "displayName", value: "Sales" }],
      [400, { op: "add", path: "members", value: Array.from({ length: 1_001 }, () => ({ value: "x" })) }],
    ];
    for (const [status, operation] of wrong) {
      expect((await directory.patch("/Groups/accountant", [good, operation])).status).to.equal(status);
    }
    const swap = { op: "replace", path: "members", value: [] };
    expect((await directory.patch("/Groups/superuser", [swap])).status).to.equal(409);
    expect(await rolesOf(office)).to.deep.equal(START);
    expect(await rolesOf(foreign.office)).to.deep.equal(START);
    // The last one may be replaced, and a higher role is kept.
    const next = { op: "replace", path: "members", value: [{ value: ines.id }] };
    expect((await directory.patch("/Groups/superuser", [next])).status).to.equal(204);
    expect((await directory.patch("/Groups/accountant", [good])).status).to.equal(204);
    expect(await rolesOf(office)).to.deep.equal({ ...START, lead: "user", ines: "superuser" });
    expect((await directory.get(`/Users/${lead.id}`)).body).to.not.have.property("groups");
  });

  it("T195 leave what a change of the role in the console leaves", async () => {
    const [mine, theirs] = [await makePlace(), await makePlace()];
    const by: Actor = { id: mine.lead.id, officeId: mine.office.id, role: "superuser" };
    const user = await world.services.users.findByUsername(mine.office.id, "ines");
    const office = await world.services.offices.find(mine.office.id);
    if (user === null || office === null) {
      throw new Error("The user is not there.");
    }
    await world.services.administration.users.changeRole(user, "superuser", { office, by });
    const add = { op: "Add", path: "members", value: [{ value: theirs.ines.id }] };
    expect((await theirs.directory.patch("/Groups/superuser", [add])).status).to.equal(204);
    const one = await tracesOf(mine.office, by.id);
    expect(one.events).to.not.be.empty;
    expect(await tracesOf(theirs.office, "scim")).to.deep.equal(one);
  });

  async function tracesOf({ id }: TestOffice, actor: string) {
    const [events, messages] = await Promise.all([
      asOwner(
        world.database,
        "select type, outcome, details from audit_events where office_id = $1 and actor = $2 order by id",
        [id, actor],
      ),
      asOwner(
        world.database,
        "select channel, count(*)::integer from messages where office_id = $1 group by 1",
        [id],
      ),
    ]);
    return { events, messages, roles: await rolesOf({ id, code: "", name: "" }) };
  }
});
