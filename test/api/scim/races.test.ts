import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import { ProvisionedUserStore } from "../../../src/domain/provisioning/provisioned-user-store.ts";
import { UserAdministration } from "../../../src/domain/users/user-administration.ts";
import { aroundMethod } from "../../support/around-method.ts";
import { asOwner } from "../../support/database.ts";
import { scimClient, type ScimReply } from "../../support/scim-client.ts";
import { makePlace } from "../../support/traces.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** Does `first` once, at the moment when a request has read what it works on and has not written yet. */
function inBetween(name: "find" | "ofRole", first: () => Promise<unknown>): () => void {
  let isDone = false;
  return aroundMethod(ProvisionedUserStore, name, async (call) => {
    if (isDone) {
      return call();
    }
    isDone = true;
    const read = await call();
    await first();
    return read;
  });
}

/** Does `first` when a request has found the user whom it deletes. */
const beforeDeletion = (first: () => Promise<unknown>): (() => void) =>
  aroundMethod(UserAdministration, "delete", async (call) => {
    await first();
    return call();
  });

describe("requests of a directory at the same moment", () => {
  const world = useVestibule({ user: {} });
  const replace = (value: unknown) => [{ op: "replace", value }];

  async function makeDirectory() {
    const place = await makePlace(world);
    return { ...place, directory: await scimClient(world, place.office), path: `/Users/${place.user.id}` };
  }

  it("T217 that change different parts of a user are both kept", async () => {
    const { directory, path } = await makeDirectory();
    const before = { displayName: "Ines", externalId: "e-1", name: { givenName: "I." } };
    await directory.patch(path, replace(before));
    const stop = inBetween("find", () => directory.patch(path, replace({ externalId: "e-2" })));
    const changed = await directory.patch(path, replace({ name: { givenName: "Inés" } }));
    stop();
    expect(changed.status).to.equal(200);
    const { body } = await directory.get(path);
    expect(body).to.include({ externalId: "e-2", displayName: "Ines" });
    expect(body["name"]).to.include({ givenName: "Inés" });
  });

  it("T217 of which both have read the same version are done once, where they say so", async () => {
    const { directory, path } = await makeDirectory();
    const version = String((await directory.get(path)).headers["etag"]);
    const stop = inBetween("find", () =>
      directory.patch(path, replace({ externalId: "e-2" }), { "if-match": version }),
    );
    const second = await directory.patch(path, replace({ externalId: "e-1" }), { "if-match": version });
    stop();
    expect(second.status).to.equal(412);
    expect((await directory.get(path)).body).to.include({ externalId: "e-2" });
  });

  it("T217 of which one names the version that it has read change nothing of a user who was changed since", async () => {
    const { directory, path, office, lead, user } = await makeDirectory();
    const by: Actor = { id: lead.id, officeId: office.id, role: "superuser" };
    const console_ = async (name: string) => {
      const current = await world.services.users.findByUsername(office.id, "ines");
      const { version } = current ?? user;
      return world.services.administration.users.edit(current ?? user, { version, name }, by);
    };
    const own = (externalId: string) => directory.patch(path, replace({ externalId }));
    const whole = { userName: "ines", displayName: "By the directory" };
    const requests: readonly (readonly [string, (tag: string) => Promise<ScimReply>])[] = [
      ["PUT", (tag) => directory.put(path, whole, { "if-match": tag })],
      [
        "PUT of own fields",
        (tag) => directory.put(path, { ...whole, externalId: "e-9" }, { "if-match": tag }),
      ],
      ["PATCH", (tag) => directory.patch(path, replace({ displayName: "Patched" }), { "if-match": tag })],
      [
        "PATCH of own fields",
        (tag) => directory.patch(path, replace({ externalId: "e-8" }), { "if-match": tag }),
      ],
      ["DELETE", (tag) => directory.delete(path, { "if-match": tag })],
    ];
    for (const [name, send] of requests) {
      for (const first of [() => console_(`Before ${name}`), () => own(`before-${name}`)]) {
        const tag = String((await directory.get(path)).headers["etag"]);
        const stop = name === "DELETE" ? beforeDeletion(first) : inBetween("find", first);
        const { status } = await send(tag);
        stop();
        expect(status, name).to.equal(412);
        expect((await directory.get(path)).status, name).to.equal(200);
      }
    }
    expect((await directory.get(path)).body).to.include({
      displayName: "Before DELETE",
      externalId: "before-DELETE",
    });
    const tag = String((await directory.get(path)).headers["etag"]);
    expect((await directory.delete(path, { "if-match": `W/"0.0", ${tag}` })).status).to.equal(204);
  });

  it("T217 and a change in the console do not take back each other", async () => {
    const { directory, path, office, lead, user } = await makeDirectory();
    const by: Actor = { id: lead.id, officeId: office.id, role: "superuser" };
    const edit = { version: user.version, name: "By the console" };
    const stop = inBetween("find", () => world.services.administration.users.edit(user, edit, by));
    const changed = await directory.patch(path, replace({ emails: [{ value: "new@mail.example" }] }));
    stop();
    expect(changed.body).to.deep.include({
      displayName: "By the console",
      emails: [{ value: "new@mail.example", type: "work", primary: true }],
    });
  });

  it("T217 that take a user out of a group take no role that the user got in the meantime", async () => {
    const { directory, office, lead, user } = await makeDirectory();
    const members = (op: string) => [{ op, path: "members", value: [{ value: user.id }] }];
    await directory.patch("/Groups/accountant", members("add"));
    const stored = await world.services.offices.find(office.id);
    const accountant = await world.services.users.findByUsername(office.id, "ines");
    if (stored === null || accountant === null) {
      throw new Error("The place is not there.");
    }
    const by: Actor = { id: lead.id, officeId: office.id, role: "superuser" };
    const stop = inBetween("ofRole", () =>
      world.services.administration.users.changeRole(accountant, "superuser", { office: stored, by }),
    );
    const { status } = await directory.patch("/Groups/accountant", members("remove"));
    stop();
    expect(status).to.equal(204);
    expect((await world.services.users.findByUsername(office.id, "ines"))?.role).to.equal("superuser");
  });

  it("T217 that add the same user add one", async () => {
    const { directory, office } = await makeDirectory();
    const body = (userName: string) => ({ userName, externalId: "e-9", displayName: "New" });
    const statusesOf = (replies: readonly ScimReply[]) => replies.map(({ status }) => status).sort();
    const names = ["new", "NEW", "New", "nEw"];
    const same = await Promise.all(names.map((name) => directory.post("/Users", body(name))));
    expect(statusesOf(same)).to.deep.equal([201, 409, 409, 409]);
    const others = await Promise.all(
      ["one", "two"].map((name) => directory.post("/Users", { ...body(name), externalId: "e-10" })),
    );
    expect(statusesOf(others)).to.deep.equal([201, 409]);
    const rows = await asOwner(
      world.database,
      "select from users where office_id = $1 and username in ('one', 'two') or username_key = 'new' and office_id = $1",
      [office.id],
    );
    expect(rows).to.have.length(2);
  });

  it("T217 that swap two groups in opposite orders both end", async () => {
    const { directory, office, user } = await makeDirectory();
    const { id } = await world.makeUser({ username: "otto" }, office);
    const to = (ids: readonly string[]) => [
      { op: "replace", path: "members", value: ids.map((value) => ({ value })) },
    ];
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        directory.patch("/Groups/accountant", to(index % 2 === 0 ? [user.id, id] : [id, user.id])),
      ),
    );
    replies.forEach(({ status }) => expect(status).to.be.oneOf([204, 409]));
    expect(replies.some(({ status }) => status === 204)).to.equal(true);
  });

  it("T217 leave a change of a directory's own fields in the audit log", async () => {
    const { directory, path, office } = await makeDirectory();
    await directory.patch(path, replace({ displayName: "Ines" }));
    const value = { displayName: "Ines", externalId: "e-1", name: { givenName: "Inés" } };
    for (const _ of ["done", "repeated"]) {
      expect((await directory.patch(path, replace(value))).status).to.equal(200);
    }
    const events = await asOwner(
      world.database,
      "select type, details from audit_events where office_id = $1 and actor = 'scim' order by id",
      [office.id],
    );
    expect(events).to.deep.equal([
      { type: "user.changed", details: { fields: "name" } },
      { type: "user.changed", details: { fields: "externalId givenName" } },
    ]);
  });
});
