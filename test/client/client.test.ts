import { expect } from "chai";
import { ApiError, each, type Operations } from "../../client/index.ts";
import { API_SCOPE_NAMES, type ApiScope } from "../../src/domain/access/api-scopes.ts";
import { asOwner } from "../support/database.ts";
import { placeOf, startProgram } from "../support/example.ts";
import type { TestOffice } from "../support/people.ts";
import { typedClient } from "../support/typed-client.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("the typed client of a server", () => {
  const world = useVestibule({ settings: { VESTIBULE_API_PER_MINUTE: "100000" }, user: {} });

  const errorOf = async (work: Promise<unknown>): Promise<ApiError> => {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ApiError)) {
      throw new Error(`No ApiError: ${String(error)}`);
    }
    return error;
  };
  const staff = (numbers: number): string[] =>
    Array.from({ length: numbers }, (_, number) => `staff-${String(number + 10)}`);

  /** An office with a client, and users with these names. */
  async function officeWith(
    usernames: readonly string[],
  ): Promise<{ office: string; client: Operations; of: TestOffice }> {
    const of = await world.makeOffice();
    const client = await typedClient(world, of);
    for (const username of usernames) {
      await client.users.add({ office: of.id, body: { username, name: "Ines Smit" } });
    }
    return { office: of.id, client, of };
  }

  const usernamesOf = async (client: Operations, office: string, size: number): Promise<string[]> => {
    const found: string[] = [];
    for await (const { username } of each(client.users.list, { office, size })) {
      found.push(username);
    }
    return found;
  };

  it("reads a list over all of its pages, in order, each entry once", async () => {
    const usernames = staff(7);
    const { client, office } = await officeWith(usernames);
    expect(await usernamesOf(client, office, 3)).to.deep.equal(usernames);
    expect(await usernamesOf(client, office, 7), "the last page is full").to.deep.equal(usernames);
    const descending: string[] = [];
    for await (const { username } of each(client.users.list, { office, size: 2, descending: true })) {
      descending.push(username);
    }
    expect(descending).to.deep.equal(usernames.toReversed());
  });

  it("reads events to their end, and ends", async () => {
    const { client } = await officeWith(staff(3));
    while ((await world.services.stores.auditSeals.seal(1_000)) > 0);
    const types: string[] = [];
    for await (const { type } of each(client.events.list, { size: 2, types: "user.added" })) {
      types.push(type);
    }
    expect(types).to.deep.equal(["user.added", "user.added", "user.added"]);
  });

  it("throws problems with code and field", async () => {
    const { client, office } = await officeWith([]);
    const wrong = await errorOf(
      client.users.add({ office, body: { username: "anna", name: "", mail: "no" } }),
    );
    expect(wrong).to.include({ status: 400, code: "invalid-fields", field: "name" });
    expect(wrong.errors.map(({ field }) => field)).to.deep.equal(["name", "mail"]);
    expect(wrong.message).to.contain("mail: ");
    expect(wrong.requestId).to.be.a("string").and.not.equal("");
    const unknown = await errorOf(client.users.get({ office, user: "../../offices" }));
    expect(unknown).to.include({ status: 404, code: "not-found", field: null });
    const readers = { scopes: ["users:read"] as readonly ApiScope[] };
    const reader = await typedClient(world, world.office, readers);
    const denied = await errorOf(reader.users.disable({ office: world.office.id, user: world.user.id }));
    expect(denied).to.include({ status: 403, code: "insufficient-scope" });
  });

  it("makes no double where an answer is lost, and says that it was the first one's", async () => {
    const of = await world.makeOffice();
    let lost = 0;
    const client = await typedClient(world, of, {
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (init.method === "POST" && url.endsWith("/users") && lost === 0) {
          lost += 1;
          throw new TypeError("terminated");
        }
        return response;
      },
    });
    const { body, isReplayed } = await client.users.add({
      office: of.id,
      body: { username: "once", name: "Ines" },
    });
    expect({ lost, isReplayed, username: body.username }).to.deep.equal({
      lost: 1,
      isReplayed: true,
      username: "once",
    });
    const rows = await asOwner(world.database, "select id::text from users where office_id = $1", [of.id]);
    expect(rows).to.deep.equal([{ id: body.id }]);
    const again = await errorOf(
      client.users.add({ office: of.id, body: { username: "once", name: "Ines" } }),
    );
    expect(again, "another call is another request").to.include({ code: "username-taken" });
  });

  it("changes what it has read, and not what another has changed", async () => {
    const { client, office } = await officeWith(["anna"]);
    const [user = ""] = (await client.users.list({ office })).body.items.map(({ id }) => id);
    const { etag } = await client.users.get({ office, user });
    const changed = await client.users.change({
      office,
      user,
      ifMatch: etag,
      body: { name: "Anna de Smit" },
    });
    expect(changed.body).to.include({ name: "Anna de Smit" });
    const stale = await errorOf(
      client.users.change({ office, user, ifMatch: etag, body: { name: "Other" } }),
    );
    expect(stale).to.include({ status: 412, code: "stale-version" });
    await client.users.change({ office, user, ifMatch: changed.etag, body: { name: "Other" } });
  });

  it("sends files and gets them, and asks what would be changed", async () => {
    const { client, office, of } = await officeWith([]);
    const file = "username,name\r\nzoë,Zoë Smit\r\n";
    const checked = await client.imports.add({ office, file, fileType: "text/csv", dryRun: true });
    expect(checked.body).to.include({ state: "checked", rows: 1, added: 0 });
    const applied = await client.imports.apply({ office, import: checked.body.id, body: {} });
    expect(applied.body).to.include({ state: "applied", added: 1 });
    const bad = await errorOf(client.imports.add({ office, file: new Blob([file]), fileType: "text/csv" }));
    expect(bad).to.include({ status: 400, code: "invalid-file", field: "line 2" });
    const exported = await client.users.export({ office, format: "jsonl" });
    expect(
      exported.body
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).to.have.length(1);
    const { etag } = await client.offices.get({ office });
    const secondFactor = { demand: "required", from: null, methods: ["totp"] } as const;
    const run = await client.offices.change({ office, ifMatch: etag, dryRun: true, body: { secondFactor } });
    expect(run.body).to.include({ people: 1, affected: 1 });
    expect((await client.offices.get({ office })).etag, of.code).to.equal(etag);
  });

  it("has the scopes that the server has", async () => {
    const client = await typedClient(world, null, { scopes: API_SCOPE_NAMES });
    expect((await client.signingKeys.list()).body.items).to.not.deep.equal([]);
    expect((await client.offices.list()).body.items).to.not.deep.equal([]);
  });

  it("provisions an office with ten users in its example, once however often it is started", async () => {
    const scopes = ["offices:read", "offices:write", "users:read", "users:write"];
    const machine = {
      type: "machine",
      redirectUris: [],
      firstParty: false,
      homeUrl: null,
      apiScopes: scopes,
    };
    const { id, secret } = await world.makeApplication(machine);
    for (const round of [1, 2]) {
      const example = startProgram([process.execPath, placeOf("client/examples/provision-office.ts")], {
        ...{ ISSUER: world.issuer, CLIENT_ID: id, CLIENT_SECRET: secret ?? "", OFFICE_CODE: "PROVISIONED" },
      });
      await example.says(/^Carla Smit signs in as carla$/m);
      await example.says(/^PROVISIONED has 10 users$/m);
      expect(await example.ended(), `round ${String(round)}`).to.equal(0);
    }
    const mails = await asOwner(
      world.database,
      `select u.username from audit_events e join users u on u.id::text = e.subject
       join offices o on o.id = u.office_id where o.code = 'PROVISIONED' and e.type = 'password-link.sent'`,
    );
    expect(mails).to.have.length(10);
  });
});
