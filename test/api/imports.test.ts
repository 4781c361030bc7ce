import { expect } from "chai";
import type { Actor } from "../../src/domain/access/actor.ts";
import { OPERATOR } from "../support/actors.ts";
import { apiClient, type ApiClient } from "../support/api-client.ts";
import { asOwner } from "../support/database.ts";
import { importFile, jsonLines } from "../support/importing.ts";
import { BY_HAND } from "../support/outbox.ts";
import type { TestOffice } from "../support/people.ts";
import { SoftwareAuthenticator } from "../support/software-authenticator.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const CSV = { "content-type": "text/csv" };
const DRY = { ...CSV, prefer: "dry-run" };
const PEOPLE =
  "username,name,mail,mobile number\r\nanna,Anna Jansen,anna@mail.example,\r\nben,Ben Smit,,0612345678\r\n";

describe("users from a file at the management API", () => {
  const world = useVestibule({ settings: BY_HAND, user: {} });

  const usersOf = (office: TestOffice) =>
    asOwner<{ username: string; role: string }>(
      world.database,
      "select username, name, mail, role, status from users where office_id = $1 order by username",
      [office.id],
    );
  const eventsBy = (office: TestOffice, actor: string) =>
    asOwner<{ type: string }>(
      world.database,
      `select type, outcome, details - 'import' as details from audit_events
       where office_id = $1 and actor = $2 order by type, id`,
      [office.id, actor],
    );
  const send = (api: ApiClient, office: TestOffice, file: string, headers: Record<string, string> = CSV) =>
    api.post(`/offices/${office.id}/imports`, file, headers);

  it("T222 are added as the console adds them, from CSV and from JSON Lines, by the application", async () => {
    const [mine, csv, json] = [await world.makeOffice(), await world.makeOffice(), await world.makeOffice()];
    const lead = await world.makeUser({ role: "superuser" }, await world.makeOffice());
    const by: Actor = { id: lead.id, officeId: mine.id, role: "superuser" };
    expect(await importFile(world.services, mine, { file: PEOPLE, by })).to.include({ type: "applied" });
    const lines = jsonLines([
      { username: "anna", name: "Anna Jansen", mail: "anna@mail.example" },
      { username: "ben", name: "Ben Smit", "mobile number": "0612345678" },
    ]);
    const files = [
      [csv, PEOPLE, "text/csv"],
      [json, lines, "application/jsonl"],
    ] as const;
    const wanted = { users: await usersOf(mine), events: await eventsBy(mine, by.id) };
    expect(wanted.users).to.have.length(2);
    expect(wanted.events).to.not.be.empty;
    for (const [office, file, type] of files) {
      const api = await apiClient(world, office);
      const { status, body, headers } = await send(api, office, file, { "content-type": type });
      expect({ status, ...body }, type).to.deep.include({
        status: 201,
        state: "applied",
        added: 2,
        badRows: 0,
      });
      expect(headers["location"]).to.equal(`/api/v1/offices/${office.id}/imports/${String(body["id"])}`);
      const found = { users: await usersOf(office), events: await eventsBy(office, api.application.id) };
      expect(found, type).to.deep.equal(wanted);
    }
  });

  it("T222 are all refused when one line is wrong, and each wrong line is named", async () => {
    const office = await world.makeOffice();
    const api = await apiClient(world, office);
    const { status, body } = await send(
      api,
      office,
      "username,name\r\nanna,Anna\r\nanna,Again\r\n,Nameless\r\n",
    );
    expect({ status, code: body["code"] }).to.deep.equal({ status: 400, code: "invalid-file" });
    const errors = body["errors"] as { field: string; detail: string }[];
    expect(errors.map(({ field }) => field)).to.deep.equal(["line 3", "line 4"]);
    expect(await usersOf(office)).to.be.empty;
    const path = String(body["detail"]);
    expect((await api.get(path)).body).to.deep.include({ state: "faulty", rows: 3, badRows: 2, added: 0 });
    const first = (await api.get(`${path}/faults?size=1`)).body;
    const rest = (await api.get(`${path}/faults?size=1&after=${String(first["next"])}`)).body;
    expect([first["items"], rest["items"]].flat()).to.have.length(2);
    expect(rest["next"]).to.equal(null);
    expect((await api.post(`${path}/apply`, {})).body).to.include({ code: "not-possible-now" });
    expect(await usersOf(office)).to.be.empty;
  });

  it("T222 are added by a dry run only when it is applied, and once", async () => {
    const office = await world.makeOffice();
    const api = await apiClient(world, office);
    const { body, headers } = await send(api, office, PEOPLE, DRY);
    expect(headers["preference-applied"]).to.equal("dry-run");
    expect(body).to.deep.include({ state: "checked", rows: 2, added: 0 });
    expect(await usersOf(office)).to.be.empty;
    const path = `/offices/${office.id}/imports/${String(body["id"])}`;
    expect((await api.post(`${path}/apply`, { invite: true })).body).to.deep.include({
      state: "applied",
      added: 2,
    });
    expect((await api.post(`${path}/apply`, { invite: true })).body).to.include({ code: "not-possible-now" });
    expect((await api.delete(path)).body).to.include({ code: "not-possible-now" });
    expect(await usersOf(office)).to.have.length(2);
    const { body: list } = await api.get(`/offices/${office.id}/imports`);
    expect((list["items"] as { id: unknown }[]).map(({ id }) => id)).to.deep.equal([body["id"]]);
  });

  it("T222 get no role and no proof that the scopes do not give", async () => {
    const office = await world.makeOffice();
    const higher = "username,name,role\r\nanna,Anna,superuser\r\n";
    const plain = await apiClient(world, office, ["users:write"]);
    expect((await send(plain, office, higher)).body).to.include({ code: "invalid-file" });
    const hash = `username,name,password hash\r\nhans,Hans,$2b$10$${"a".repeat(53)}\r\n`;
    const device = new SoftwareAuthenticator({ origin: world.issuer });
    const passkey = jsonLines([{ username: "pia", name: "Pia", passkeys: [device.exported()] }]);
    const lines = { "content-type": "application/jsonl" };
    const all = await apiClient(world, office);
    const platform = await apiClient(world, null, ["users:write"]);
    for (const api of [all, platform]) {
      expect((await send(api, office, hash)).body).to.include({ code: "invalid-file" });
      expect((await send(api, office, passkey, lines)).body).to.include({ code: "invalid-file" });
    }
    expect(await usersOf(office)).to.be.empty;
    expect((await send(all, office, higher)).body).to.include({ state: "applied" });
    const proving = await apiClient(world, null, ["users:write", "users:secrets"]);
    expect((await send(proving, office, hash)).body).to.include({ state: "applied" });
    expect((await send(proving, office, passkey, lines)).body).to.include({ state: "applied" });
    expect((await usersOf(office)).map(({ username }) => username)).to.deep.equal(["anna", "hans", "pia"]);
  });

  it("T222 come in a plain file of a known type, within its size, and without a key", async () => {
    const office = await world.makeOffice();
    const api = await apiClient(world, office);
    const refused = async (file: string, headers: Record<string, string>) => {
      const { status, body } = await send(api, office, file, headers);
      return [status, body["code"]];
    };
    expect(await refused("{}", {})).to.deep.equal([415, "wrong-file-type"]);
    expect(await refused(PEOPLE, { ...CSV, "content-encoding": "gzip" })).to.deep.equal([
      415,
      "wrong-file-type",
    ]);
    expect(await refused(PEOPLE, { ...CSV, "idempotency-key": "once" })).to.deep.equal([
      400,
      "invalid-fields",
    ]);
    expect(await refused("", CSV)).to.deep.equal([400, "invalid-file"]);
    expect(await refused(`username,name\r\n${"x".repeat(17_000)},y\r\n`, CSV)).to.deep.equal([
      400,
      "invalid-file",
    ]);
    expect(await usersOf(office)).to.be.empty;
  });

  it("T222 of a large file leave other requests answered meanwhile", async () => {
    const office = await world.makeOffice();
    const api = await apiClient(world, office);
    const rows = Array.from({ length: 4_000 }, (_, row) => `user-${String(row)},Name ${String(row)}`);
    let isDone = false;
    const sent = send(api, office, ["username,name", ...rows].join("\r\n")).finally(() => (isDone = true));
    let answered = 0;
    while (!isDone) {
      expect((await api.get(`/offices/${office.id}/imports`)).status).to.equal(200);
      answered += 1;
    }
    expect((await sent).body).to.deep.include({ state: "applied", added: 4_000 });
    expect(answered).to.be.greaterThan(2);
  });

  it("T223 leave as a file that comes in again, and a user with everything stored, each recorded", async () => {
    const [office, next] = [await world.makeOffice(), await world.makeOffice()];
    await importFile(world.services, office, { file: PEOPLE, by: OPERATOR });
    const api = await apiClient(world, office);
    const csv = await api.get(`/offices/${office.id}/export`);
    const lines = await api.get(`/offices/${office.id}/export?format=jsonl`);
    expect(csv.headers["content-disposition"]).to.contain("attachment");
    const own = lines.text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as object);
    expect(own).to.have.length(2);
    expect(own[0]).to.include({ username: "anna", name: "Anna Jansen", mail: "anna@mail.example" });
    const text: string[] = [];
    for await (const piece of world.services.imports.userExport.write(office.id, "command line")) {
      text.push(piece);
    }
    expect(csv.text.replace(/^\u{feff}/u, "")).to.equal(text.join("").replace(/^\u{feff}/u, ""));
    const [{ id } = { id: "" }] = await asOwner<{ id: string }>(
      world.database,
      "select id from users where office_id = $1 and username = 'anna'",
      [office.id],
    );
    const { body, headers } = await api.get(`/offices/${office.id}/users/${id}/data`);
    expect(headers["content-type"]).to.contain("application/json");
    expect(JSON.stringify(body)).to.contain("anna@mail.example");
    const types = (await eventsBy(office, api.application.id)).map(({ type }) => type);
    expect(types).to.deep.equal(["user.data-exported", "users.exported", "users.exported"]);
    expect((await (await apiClient(world, next)).get(`/offices/${office.id}/export`)).status).to.equal(404);
    const few = await apiClient(world, office, ["users:read", "users:write"]);
    for (const path of [`/offices/${office.id}/export`, `/offices/${office.id}/users/${id}/data`]) {
      expect((await few.get(path)).body, path).to.include({ code: "insufficient-scope" });
    }
  });
});
