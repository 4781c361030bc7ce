import { expect } from "chai";
import type { Actor } from "../../../src/domain/access/actor.ts";
import type { User } from "../../../src/domain/users/user.ts";
import { asOwner } from "../../support/database.ts";
import { BY_HAND } from "../../support/outbox.ts";
import { scimClient, ScimClient, scimToken } from "../../support/scim-client.ts";
import { giveSessions, keptSessions } from "../../support/stored-sessions.ts";
import { makePlace, tracesOf } from "../../support/traces.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** One action by both doors: the service as the console calls it, and the request. */
interface Deed {
  readonly name: string;
  readonly byConsole: (user: User, by: Actor) => Promise<unknown>;
  readonly byScim: (directory: ScimClient, path: string) => Promise<{ readonly status: number }>;
}

describe("an action by the console and by a directory", () => {
  const world = useVestibule({ settings: BY_HAND, user: {} });
  const users = () => world.services.administration.users;
  const replace = (value: unknown) => [{ op: "replace", value }];

  const DEEDS: readonly Deed[] = [
    {
      name: "disable",
      byConsole: (user, by) => users().disable(user, by),
      byScim: (directory, path) => directory.patch(path, replace({ active: false })),
    },
    {
      name: "edit",
      byConsole: (user, by) =>
        users().edit(user, { version: user.version, name: "Ines de Smit", mail: "new@mail.example" }, by),
      byScim: (directory, path) =>
        directory.patch(
          path,
          replace({ displayName: "Ines de Smit", emails: [{ value: "new@mail.example" }] }),
        ),
    },
    {
      name: "delete",
      byConsole: (user, by) => users().delete(user, { by, reason: "left" }),
      byScim: (directory, path) => directory.delete(path),
    },
  ];

  it("T193 leaves the same users, events and messages behind, with the directory as the actor", async () => {
    for (const { name, byConsole, byScim } of DEEDS) {
      const [mine, theirs] = [await makePlace(world), await makePlace(world)];
      await byConsole(mine.user, { id: mine.lead.id, officeId: mine.office.id, role: "superuser" });
      const directory = await scimClient(world, theirs.office);
      const { status } = await byScim(directory, `/Users/${theirs.user.id}`);
      expect(status, name).to.be.within(200, 204);
      const [one, other] = [await tracesOf(world, mine, mine.lead.id), await tracesOf(world, theirs, "scim")];
      expect(one.events, name).to.not.be.empty;
      expect(other, name).to.deep.equal(one);
    }
  });

  it("T193 ends sessions and trust when a user is set inactive, and gives none back", async () => {
    const { user, office } = await makePlace(world);
    await giveSessions(world.database, user);
    const directory = await scimClient(world, office);
    const path = `/Users/${user.id}`;
    const before = await endsOf(user);
    expect((await directory.patch(path, replace({ active: false }))).body).to.include({ active: false });
    expect(await keptSessions(world.database, user)).to.be.empty;
    const after = await endsOf(user);
    expect(after.getTime()).to.be.greaterThan(before.getTime());
    // Trusted browsers count from then on, too.
    expect((await directory.patch(path, replace({ active: true }))).body).to.include({ active: true });
    expect((await endsOf(user)).getTime()).to.equal(after.getTime());
  });

  it("T193 does nothing a second time", async () => {
    const { user, office } = await makePlace(world);
    const directory = await scimClient(world, office);
    await directory.patch(`/Users/${user.id}`, replace({ active: false }));
    const before = await tracesOf(world, { office }, "scim");
    expect((await directory.patch(`/Users/${user.id}`, replace({ active: false }))).status).to.equal(200);
    expect(await tracesOf(world, { office }, "scim")).to.deep.equal(before);
  });

  it("T193 keeps the last superuser of the office", async () => {
    const { lead, office } = await makePlace(world);
    const directory = await scimClient(world, office);
    const path = `/Users/${lead.id}`;
    const both = replace({ displayName: "Half done", active: false });
    const refused = await directory.patch(path, both);
    expect(refused.status).to.equal(409);
    expect(refused.body["detail"]).to.contain("no active superuser");
    expect((await directory.delete(path)).status).to.equal(409);
    expect((await directory.get(path)).body).to.include({ displayName: "Lead", active: true });
  });

  it("invites a new user by mail, unless the user is inactive", async () => {
    const { office } = await makePlace(world);
    const directory = await scimClient(world, office);
    const body = (userName: string, active: boolean) => ({
      ...{ userName, active, displayName: "New", emails: [{ value: `${userName}@mail.example` }] },
    });
    expect((await directory.post("/Users", body("on", true))).body).to.include({ active: true });
    expect((await directory.post("/Users", body("off", false))).body).to.include({ active: false });
    const { events } = await tracesOf(world, { office }, "scim");
    expect(events.map(({ type }) => type)).to.deep.equal([
      ...["user.added", "password-link.sent", "user.added", "user.disabled"],
    ]);
  });

  it("is part of what a user gets of the own data", async () => {
    const { user, office } = await makePlace(world);
    const directory = await scimClient(world, office);
    const value = { externalId: "e-1", name: { givenName: "Ines", familyName: "Smit" } };
    expect((await directory.patch(`/Users/${user.id}`, replace(value))).status).to.equal(200);
    const data = await world.services.stores.personalData.account(office.id, user.id, new Date());
    expect(data?.["directory"]).to.deep.equal({ externalId: "e-1", givenName: "Ines", familyName: "Smit" });
    expect((await directory.delete(`/Users/${user.id}`)).status).to.equal(204);
    expect(await asOwner(world.database, "select from scim_users where user_id = $1", [user.id])).to.be.empty;
  });

  it("makes the name of its parts, also of one with an invisible character", async () => {
    const { user, office } = await makePlace(world);
    const directory = await scimClient(world, office);
    const parts = {
      name: { givenName: "In\u{200b}es", familyName: "Smit" },
      displayName: "In\u{200b}es Smit",
    };
    await directory.patch(`/Users/${user.id}`, replace(parts));
    const { body } = await directory.patch(`/Users/${user.id}`, replace({ name: { familyName: "Jansen" } }));
    expect(body["displayName"]).to.equal("Ines Jansen");
  });

  it("T192 knows nothing of another office, for every method, and lists only its own", async () => {
    const [mine, theirs] = [await makePlace(world), await makePlace(world)];
    const directory = await scimClient(world, mine.office);
    const unknown = "00000000-0000-4000-8000-000000000000";
    const asked = [
      (id: string) => directory.get(`/Users/${id}`),
      (id: string) => directory.put(`/Users/${id}`, { userName: "taken.over" }),
      (id: string) => directory.patch(`/Users/${id}`, replace({ active: false })),
      (id: string) => directory.delete(`/Users/${id}`),
      (id: string) => directory.find(`id eq "${id}"`),
    ];
    for (const ask of asked) {
      const [foreign, none] = [await ask(theirs.user.id), await ask(unknown)];
      expect(foreign.body).to.deep.equal(none.body);
      expect(foreign.status).to.equal(none.status);
    }
    expect((await directory.get("/Users")).body).to.include({ totalResults: 2 });
    expect((await directory.find('displayName co "i"')).body).to.include({ totalResults: 1 });
    expect((await tracesOf(world, theirs, "scim")).events).to.be.empty;
    // The same external id may be in two offices.
    const other = await scimClient(world, theirs.office);
    for (const [client, { user }] of [[directory, mine] as const, [other, theirs] as const]) {
      expect((await client.patch(`/Users/${user.id}`, replace({ externalId: "same" }))).status).to.equal(200);
    }
  });

  it("T191 takes a token of its office alone, keeps it as a hash, and none that is replaced for a day or ended", async () => {
    const { lead, office } = await makePlace(world);
    const first = await scimToken(world, office);
    const second = await scimToken(world, office);
    const statusOf = async (token: string) =>
      (await new ScimClient(world.browser(), token).get("/Users")).status;
    expect([await statusOf(first), await statusOf(second)]).to.deep.equal([200, 200]);
    const other = await world.makeOffice();
    const moved = Buffer.from(second, "base64url");
    Buffer.from(other.id.replaceAll("-", ""), "hex").copy(moved);
    for (const wrong of ["", "x", first.slice(1), `${first}A`, moved.toString("base64url"), "A".repeat(64)]) {
      expect(await statusOf(wrong), wrong).to.equal(401);
    }
    const stored = JSON.stringify(
      await asOwner(world.database, "select t.*, encode(hash, 'escape') from scim_tokens t"),
    );
    expect(stored).to.not.contain(first);
    const tokens = await world.services.stores.scimTokens.list(office.id);
    expect(tokens.map(({ endsAt }) => endsAt === null)).to.deep.equal([true, false]);
    expect(tokens.every(({ usedAt }) => usedAt !== null)).to.equal(true);
    await asOwner(
      world.database,
      "update scim_tokens set ends_at = now() where office_id = $1 and ends_at is not null",
      [office.id],
    );
    expect([await statusOf(first), await statusOf(second)]).to.deep.equal([401, 200]);
    const by: Actor = { id: lead.id, officeId: office.id, role: "superuser" };
    const access = world.services.administration.scimAccess;
    expect(await access.end(office, "replaced", by)).to.deep.equal({ type: "none" });
    expect(await access.end(office, "all", by)).to.deep.equal({ type: "ended" });
    expect(await statusOf(second)).to.equal(401);
    expect(await access.end(office, "all", by)).to.deep.equal({ type: "none" });
  });

  it("T191 ends with its office", async () => {
    const { office } = await makePlace(world);
    const directory = await scimClient(world, office);
    await asOwner(world.database, "update offices set status = 'closed' where id = $1", [office.id]);
    expect((await directory.get("/Users")).status).to.equal(403);
  });

  it("T196 is made and ended by the superusers of the office alone", async () => {
    const [mine, theirs] = [await makePlace(world), await makePlace(world)];
    const access = world.services.administration.scimAccess;
    const callers: readonly Actor[] = [
      { id: theirs.lead.id, officeId: theirs.office.id, role: "superuser" },
      { id: mine.user.id, officeId: mine.office.id, role: "user" },
      { id: mine.user.id, officeId: mine.office.id, role: "accountant" },
      { id: theirs.user.id, officeId: theirs.office.id, role: "support" },
      { id: "app", officeId: mine.office.id, role: "application", scopes: ["users:write", "offices:write"] },
    ];
    for (const by of callers) {
      expect((await access.make(mine.office, by, { seen: null })).type, by.role).to.not.equal("made");
      expect((await access.end(mine.office, "all", by)).type, by.role).to.not.be.oneOf(["ended", "none"]);
    }
  });

  async function endsOf({ id }: User): Promise<Date> {
    const [row] = await asOwner<{ at: Date }>(
      world.database,
      "select valid_from as at from users where id = $1",
      [id],
    );
    return row?.at ?? new Date(0);
  }
});
