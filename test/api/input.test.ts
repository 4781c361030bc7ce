import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { apiClient, type ApiAnswer, type ApiClient } from "../support/api-client.ts";
import { onceMade } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("wrong input at the management API", () => {
  const world = useVestibule({ user: {} });
  let made: ApiClient | null = null;
  const client = onceMade(() => (made === null ? null : { api: made }));
  const users = () => `/offices/${world.office.id}/users`;
  const user = () => `${users()}/${world.user.id}`;

  before(async () => {
    made = await apiClient(world, null);
  });

  const fieldsOf = ({ body }: ApiAnswer): unknown[] =>
    Array.isArray(body["errors"]) ? body["errors"].map((error: { field?: unknown }) => error.field) : [];
  const expectProblem = (
    answer: ApiAnswer,
    status: number,
    code: string,
    fields: readonly unknown[] = [],
  ) => {
    expect(answer.status, JSON.stringify(answer.body)).to.equal(status);
    expect(answer.headers["content-type"]).to.equal("application/problem+json; charset=utf-8");
    expect(answer.body).to.include({ code, status, type: `urn:vestibule:problem:${code}` });
    expect(answer.body["requestId"]).to.equal(answer.headers["x-request-id"]);
    expect(fieldsOf(answer)).to.deep.equal(fields);
  };
  const countUsers = async () => (await world.services.users.list(world.office.id, 1_000)).length;

  it("T175 is refused with its field, and nothing is done", async () => {
    const { api } = client;
    const before = await countUsers();
    const whole = { username: "wrong-one", name: "Ines Smit" };
    const tries: readonly (readonly [Record<string, unknown>, readonly string[]])[] = [
      [{}, ["username", "name"]],
      [{ ...whole, username: 7 }, ["username"]],
      [{ ...whole, mail: "nothing" }, ["mail"]],
      [{ ...whole, role: "emperor", language: "xx" }, ["role", "language"]],
      [{ ...whole, admin: true, passwordHash: "x" }, ["admin", "passwordHash"]],
      [{ ...whole, mobile: "12" }, ["mobile"]],
      [{ ...whole, invite: "yes" }, ["invite"]],
    ];
    for (const [body, fields] of tries) {
      expectProblem(await api.post(users(), body), 400, "invalid-fields", fields);
    }
    expect(await countUsers()).to.equal(before);
    for (const [query, field] of [
      ["size=0", "size"],
      ["size=x", "size"],
      ["sort=password", "sort"],
      ["overdue=maybe", "overdue"],
      ["nothing=1", "nothing"],
      ["size=1&size=2", "size"],
      ["after=forged", "after"],
      ["search=%00", "search"],
    ] as const) {
      expectProblem(await api.get(`${users()}?${query}`), 400, "invalid-fields", [field]);
    }
  });

  it("T175 is refused when it is no JSON, compressed, too large or deep", async () => {
    const { api } = client;
    const send = (body: string, headers: Record<string, string> = {}) =>
      api.call("POST", users(), { body, headers });
    expectProblem(await send("{"), 400, "invalid-request");
    expectProblem(await send("[]"), 400, "invalid-fields", [null]);
    expectProblem(await send("null"), 400, "invalid-fields", [null]);
    expectProblem(await send("username=x", { "content-type": "text/plain" }), 415, "not-json");
    expectProblem(await send("{}", { "content-encoding": "gzip" }), 415, "not-json");
    expectProblem(await send(JSON.stringify({ name: "x".repeat(70_000) })), 413, "too-large");
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    expectProblem(await send(`{"username":${deep},"name":"x"}`), 400, "invalid-fields", ["username"]);
    expectProblem(
      await send(`{"__proto__":{"role":"superuser"},"username":"proto","name":"x"}`),
      400,
      "invalid-fields",
      ["__proto__"],
    );
  });

  it("T251 is refused where another reader would see another body: a name twice, and what is no UTF-8", async () => {
    const { api } = client;
    const before = await countUsers();
    const send = (body: string | Buffer, type = "application/json") =>
      api.call("POST", users(), { body, headers: { "content-type": type } });
    const twice = '{"username":"twice","name":"x y","role":"user","role":"superuser"}';
    expectProblem(await send(twice), 400, "invalid-fields", ["role"]);
    const latin = Buffer.from('{"username":"jorg","name":"Jörg Müller"}', "latin1");
    expectProblem(await send(latin), 415, "not-json");
    expectProblem(await send(latin, "application/json; charset=iso-8859-1"), 415, "not-json");
    const wide = Buffer.from('{"username":"jorg","name":"Jan"}', "utf16le");
    expectProblem(await send(wide, "application/json; charset=utf-16"), 415, "not-json");
    expect(await countUsers()).to.equal(before);
    const marked = Buffer.from('\ufeff{"username":"jorg","name":"Jörg Müller"}');
    const added = await send(marked, 'application/json; charset="UTF-8"');
    expect(added.status).to.equal(201);
    expect(added.body).to.include({ name: "Jörg Müller" });
    expect((await api.delete(`${users()}/${String(added.body["id"])}?reason=left`)).status).to.equal(204);
  });

  it("T175 leads nowhere at other addresses, and by other methods to the right ones", async () => {
    const { api } = client;
    for (const path of [
      "",
      "/",
      "/nothing",
      `${users()}/`,
      `${user()}/nothing`,
      "/OFFICES",
      "/offices/x/users",
    ]) {
      expectProblem(await api.get(path), 404, "not-found");
    }
    const put = await api.put("/offices", {});
    expectProblem(put, 405, "method-not-allowed");
    expect(put.headers["allow"]).to.equal("GET, HEAD, POST");
  });

  it("T175 loses no other's change: a version has to be named, and to be the newest", async () => {
    const { api } = client;
    for (const path of [user(), `/offices/${world.office.id}`]) {
      const read = await api.get(path);
      const etag = String(read.headers["etag"]);
      const none = await api.call("PATCH", path, { body: { name: "Name without a version" } });
      expectProblem(none, 428, "version-required");
      expect((await api.patch(path, { name: "First" }, etag)).status).to.equal(200);
      expectProblem(await api.patch(path, { name: "Second" }, etag), 412, "stale-version");
      expectProblem(await api.patch(path, { name: "Second" }, `W/${etag}`), 412, "stale-version");
      expectProblem(await api.patch(path, { name: "Second" }, '"999999999"'), 412, "stale-version");
      expect((await api.get(path)).body).to.include({ name: "First" });
    }
  });

  it("T175 loses no other's change of an application either, which counts no versions", async () => {
    const { api } = client;
    const { id } = await world.makeApplication(
      { backchannelLogoutUri: "https://app.test/out" },
      world.office.id,
    );
    const read = await api.get(`/applications/${id}`);
    const etag = String(read.headers["etag"]);
    const changed = await api.patch(`/applications/${id}`, { name: "First" }, etag);
    expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
    // What was left out stays.
    expect(changed.body["settings"]).to.include({ backchannelLogoutUri: "https://app.test/out" });
    expectProblem(await api.patch(`/applications/${id}`, { name: "Second" }, etag), 412, "stale-version");
  });

  it("T175 a name that is taken is refused, and dry runs are where they are offered", async () => {
    const { api } = client;
    const { username } = world.user;
    expectProblem(await api.post(users(), { username, name: "x y" }), 409, "username-taken");
    expectProblem(await api.post("/offices", { code: world.office.code, name: "x y" }), 409, "code-taken");
    const dry = { prefer: "dry-run" };
    expectProblem(await api.patch(user(), { name: "Dry" }, "*", dry), 400, "invalid-fields", ["Prefer"]);
    const secondFactor = { demand: "required", from: null, methods: ["totp"] };
    const run = await api.patch(`/offices/${world.office.id}`, { secondFactor }, "*", dry);
    expect(run.status, JSON.stringify(run.body)).to.equal(200);
    expect(run.headers["preference-applied"]).to.equal("dry-run");
    expect(run.body).to.include({ people: 1, affected: 1 });
    expect((await api.get(`/offices/${world.office.id}`)).body["secondFactor"]).to.include({ demand: "off" });
  });

  it("T214 demands passkeys of some users only where they are accepted, from a day that there is", async () => {
    const { api } = client;
    const path = `/offices/${world.office.id}`;
    const phishingResistance = { of: "all", from: "2099-01-31" };
    expectProblem(await api.patch(path, { phishingResistance }), 409, "not-possible-now");
    const wrong = await api.patch(path, { phishingResistance: { of: "managers", from: "2099-02-31" } });
    expectProblem(wrong, 400, "invalid-fields", ["phishingResistance.of", "phishingResistance.from"]);
    const secondFactor = { demand: "off", from: null, methods: ["passkey", "totp"] };
    const dry = await api.patch(path, { secondFactor, phishingResistance }, "*", { prefer: "dry-run" });
    expect(dry.body, JSON.stringify(dry.body)).to.include({ people: 1, affected: 1 });
    expect((await api.patch(path, { secondFactor, phishingResistance })).body).to.deep.include({
      phishingResistance,
    });
    const none = { of: "none", from: null };
    expect((await api.patch(path, { phishingResistance: none })).body).to.deep.include({
      phishingResistance: none,
    });
  });

  it("names in a dry run who has no address where codes by email alone are accepted", async () => {
    const { api } = client;
    const path = `/offices/${world.office.id}`;
    const user = await world.makeUser({ username: "unreached" });
    await asOwner(world.database, "update users set mail = null where id = $1", [user.id]);
    const ask = async (methods: readonly string[]) => {
      const secondFactor = { demand: "required", from: null, methods };
      return (await api.patch(path, { secondFactor }, "*", { prefer: "dry-run" })).body["withoutAddress"];
    };
    expect(await ask(["email"])).to.deep.equal({
      people: 1,
      first: [{ id: user.id, username: "unreached", name: "Sanne Bakker" }],
    });
    expect(await ask(["email", "totp"])).to.equal(null);
    await asOwner(world.database, "delete from users where id = $1", [user.id]);
  });

  it("lists the models of passkeys of an office, and says first whose passkeys are of others", async () => {
    const { api } = client;
    const path = `/offices/${world.office.id}`;
    const aaguid = "fa2b99dc-9e39-4257-8f92-4a30d23c4118";
    const wrong = await api.patch(path, { passkeyModels: ["yubikey"] });
    expectProblem(wrong, 400, "invalid-fields", ["passkeyModels.0"]);
    expectProblem(await api.patch(path, { passkeyModels: [] }), 400, "invalid-fields", ["passkeyModels"]);
    const dry = await api.patch(path, { passkeyModels: [aaguid] }, "*", { prefer: "dry-run" });
    const unusable = { unusablePasskeyModels: [{ aaguid, reason: "unknown" }] };
    expect(dry.body).to.deep.include({ otherPasskeys: { people: 0, first: [] }, ...unusable });
    const models = { passkeyModels: [aaguid], ...unusable };
    expect((await api.patch(path, { passkeyModels: [aaguid.toUpperCase()] })).body).to.deep.include(models);
    expect((await api.patch(path, { passkeyModels: null })).body).to.include({ passkeyModels: null });
  });
});
