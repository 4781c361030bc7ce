import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { patchOf, refusal, scimClient, ScimClient, type ScimReply } from "../../support/scim-client.ts";
import { onceMade } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const SCHEMAS = ["urn:ietf:params:scim:schemas:core:2.0:User"];

describe("what is wrong with a request of a directory", () => {
  const world = useVestibule({ user: { username: "ines", name: "Ines Smit", mail: "ines@mail.example" } });
  let made: ScimClient | null = null;
  const directory = onceMade(() => made);
  const path = () => `/Users/${world.user.id}`;

  before(async () => {
    made = await scimClient(world, world.office);
  });

  const rows = () =>
    asOwner(
      world.database,
      `select u.username, u.name, u.mail, u.status, u.version, d.external_id, d.version as details from users u
       left join scim_users d on d.user_id = u.id where u.office_id = $1 order by 1`,
      [world.office.id],
    );

  it("T194 is named in a PATCH, and nothing of it is done", async () => {
    const before = await rows();
    const good = { op: "replace", path: "displayName", value: "Changed" };
    const wrong: readonly (readonly [string, unknown])[] = [
      ["400 invalidPath", { op: "replace", path: "nothing", value: "x" }],
      ["400 invalidPath", { op: "replace", path: "name.nothing", value: "x" }],
      ["400 invalidPath", { op: "replace", path: 'userName[type eq "work"]', value: "x" }],
      ["400 invalidPath", { op: "replace", path: "emails[[", value: "x" }],
      ["400 invalidPath", { op: "replace", path: "", value: "x" }],
      ["400 invalidPath", { op: "replace", path: 7, value: "x" }],
      ["400 invalidPath", { op: "add", path: "__proto__.polluted", value: "x" }],
      ["400 invalidPath", { op: "add", path: "constructor.prototype.polluted", value: "x" }],
      ["400 invalidFilter", { op: "replace", path: 'emails[type is "work"].value', value: "x@mail.example" }],
      [
        "400 noTarget",
        { op: "replace", path: 'emails[value eq "other@mail.example"].value', value: "x@mail.example" },
      ],
      ["400 noTarget", { op: "remove" }],
      ["400 mutability", { op: "remove", path: "userName" }],
      ["400 mutability", { op: "replace", path: "id", value: "x" }],
      ["400 mutability", { op: "add", path: "groups", value: [{ value: "superuser" }] }],
      ["400 invalidSyntax", { op: "move", path: "displayName", value: "x" }],
      ["400 invalidSyntax", { path: "displayName", value: "x" }],
      ["400 invalidValue", { op: "replace", path: "displayName" }],
      ["400 invalidValue", { op: "replace", path: "displayName", value: 7 }],
      ["400 invalidValue", { op: "replace", path: "displayName", value: "x".repeat(201) }],
      ["400 invalidValue", { op: "replace", path: "userName", value: "іnes" }],
      ["400 invalidValue", { op: "replace", path: "active", value: "perhaps" }],
      ["400 invalidValue", { op: "replace", path: "emails", value: "no address" }],
      ["400 invalidValue", { op: "replace", path: "externalId", value: "a\u0000b" }],
      ["400 invalidValue", { op: "replace", path: "name", value: ["x"] }],
      ["400 invalidValue", { op: "add", value: "x" }],
      ["400 invalidValue", "no operation"],
    ];
    for (const [expected, operation] of wrong) {
      const reply = await directory.patch(path(), [good, operation]);
      expect(refusal(reply), JSON.stringify(operation)).to.equal(expected);
      expect(reply.body["schemas"]).to.deep.equal(["urn:ietf:params:scim:api:messages:2.0:Error"]);
    }
    expect(({} as Record<string, unknown>)["polluted"]).to.equal(undefined);
    expect(await rows()).to.deep.equal(before);
  });

  it("T251 is refused where another reader would see another body: a name twice, and what is no UTF-8", async () => {
    const before = await rows();
    const send = (body: string | Buffer, type = "application/scim+json") =>
      directory.call("PUT", path(), body, { "content-type": type });
    expect(refusal(await send('{"userName":"ines","active":true,"active":false}'))).to.equal(
      "400 invalidSyntax",
    );
    const latin = Buffer.from('{"userName":"ines","displayName":"Inés"}', "latin1");
    expect(refusal(await send(latin))).to.equal("400 invalidSyntax");
    expect(refusal(await send("{}", "application/scim+json; charset=utf-16"))).to.equal("400 invalidSyntax");
    expect(await rows()).to.deep.equal(before);
  });

  it("T194 is named in a whole body, and nothing of it is done", async () => {
    const before = await rows();
    const wrong: readonly (readonly [string, unknown])[] = [
      ["400 invalidValue", {}],
      ["400 invalidValue", []],
      ["400 invalidValue", "7"],
      ["400 invalidSyntax", "{"],
      ["400 invalidSyntax", ""],
      ["400 invalidValue", { schemas: SCHEMAS, userName: ["x"] }],
      ["400 invalidValue", { schemas: SCHEMAS, userName: "new", emails: [{ value: 7 }] }],
      ["400 invalidValue", { schemas: SCHEMAS, userName: "new", emails: [[]] }],
      ["400 invalidValue", { schemas: SCHEMAS, userName: "new", name: "New" }],
      ["400 invalidValue", { schemas: SCHEMAS, userName: "new", active: 1 }],
      ["409 uniqueness", { schemas: SCHEMAS, userName: "INES", displayName: "Other" }],
      ["413", { schemas: SCHEMAS, userName: "new", displayName: "x".repeat(70_000) }],
    ];
    for (const [expected, body] of wrong) {
      expect(refusal(await directory.post("/Users", body)), JSON.stringify(body).slice(0, 99)).to.equal(
        expected,
      );
    }
    const text = await directory.call("POST", "/Users", "userName=x", { "content-type": "text/plain" });
    expect(refusal(text)).to.equal("415");
    expect(refusal(await directory.call("PATCH", path(), { ...patchOf([]) }))).to.equal("400 invalidSyntax");
    expect(refusal(await directory.call("PATCH", path(), { Operations: [{}] }))).to.equal(
      "400 invalidSyntax",
    );
    const many = Array.from({ length: 101 }, () => ({ op: "replace", path: "displayName", value: "x" }));
    expect(refusal(await directory.patch(path(), many))).to.equal("400 tooMany");
    expect(await rows()).to.deep.equal(before);
  });

  it("T194 is named in an address", async () => {
    const wrong: readonly (readonly [string, string, string])[] = [
      ["404", "GET", "/"],
      ["404", "GET", "/Nothing"],
      ["404", "GET", "/Users/"],
      ["404", "GET", "/Users/x"],
      ["404", "GET", "/Users/x/y"],
      ["404", "PATCH", "/Users/00000000-0000-4000-8000-000000000000"],
      ["405", "PATCH", "/Users"],
      ["405", "DELETE", "/Schemas"],
      ["400 invalidFilter", "GET", "/Users?filter=nonsense"],
      ["400 invalidFilter", "GET", "/Users?filter="],
      ["400 invalidValue", "GET", "/Users?count=ten"],
      ["400 invalidValue", "GET", "/Users?startIndex=1.5"],
      ["400 invalidValue", "GET", "/Users?count=1&count=2"],
    ];
    for (const [expected, method, address] of wrong) {
      const body = method === "PATCH" ? patchOf([{ op: "replace", path: "active", value: true }]) : undefined;
      expect(refusal(await directory.call(method, address, body)), `${method} ${address}`).to.equal(expected);
    }
  });

  it("answers paging from outside of the list with what is there", async () => {
    for (const query of [
      "startIndex=0&count=1",
      "startIndex=-5",
      "count=100000",
      "count=2147483647",
      "count=9223372036854775807",
    ]) {
      expect((await directory.get(`/Users?${query}`)).body, query).to.include({
        totalResults: 1,
        startIndex: 1,
      });
    }
    const far = await directory.get("/Users?startIndex=18446744073709551615");
    expect(far.body).to.include({ totalResults: 1, itemsPerPage: 0 });
    expect((await directory.get("/Users?startIndex=99")).body).to.deep.include({
      totalResults: 1,
      Resources: [],
    });
    expect((await directory.get("/Users?count=-1")).body).to.deep.include({ totalResults: 1, Resources: [] });
  });

  it("answers with the attributes that are asked for, and always with the id", async () => {
    const only = await directory.get(`${path()}?attributes=userName,name.formatted,emails.value`);
    expect(only.body).to.deep.equal({
      ...{ schemas: SCHEMAS, id: world.user.id, userName: "ines", name: { formatted: "Ines Smit" } },
      emails: [{ value: "ines@mail.example" }],
    });
    const without = await directory.get(`${path()}?excludedAttributes=emails,meta,name.formatted,id`);
    expect(without.body).to.include({ id: world.user.id, userName: "ines" });
    expect(without.body).to.not.have.any.keys("emails", "meta");
  });

  it("T194 overwrites no change that its author has not seen", async () => {
    const { headers, body } = await directory.get(path());
    const etag = String(headers["etag"]);
    expect((body["meta"] as { version: string }).version).to.equal(etag);
    const rename = (value: string) => [{ op: "replace", path: "displayName", value }];
    expect((await directory.get(path(), { "if-none-match": etag })).status).to.equal(304);
    const external = [{ op: "add", path: "externalId", value: "e-1" }];
    const changed = await directory.patch(path(), external, { "if-match": etag });
    expect(changed.status).to.equal(200);
    expect(changed.headers["etag"]).to.not.equal(etag);
    expect((await directory.patch(path(), rename("Late"), { "if-match": etag })).status).to.equal(412);
    expect((await directory.delete(path(), { "if-match": etag })).status).to.equal(412);
    expect((await directory.put(path(), body, { "if-match": 'W/"0"' })).status).to.equal(412);
    expect((await directory.get(path(), { "if-none-match": etag })).status).to.equal(200);
    expect((await directory.patch(path(), rename("Ines Smit"), { "if-match": "*" })).status).to.equal(200);
  });

  it("refuses the external id of another user, also in a new one, of whom nothing stays", async () => {
    const body = { schemas: SCHEMAS, userName: "second", displayName: "Second", externalId: "e-2" };
    expect((await directory.post("/Users", body)).status).to.equal(201);
    const before = await rows();
    expect(refusal(await directory.post("/Users", { ...body, userName: "third" }))).to.equal(
      "409 uniqueness",
    );
    const both = [{ op: "replace", value: { externalId: "e-2", displayName: "Half done", active: false } }];
    expect(refusal(await directory.patch(path(), both))).to.equal("409 uniqueness");
    const name = [{ op: "replace", value: { userName: "second", active: false } }];
    expect(refusal(await directory.patch(path(), name))).to.equal("409 uniqueness");
    expect(await rows()).to.deep.equal(before);
  });

  it("keeps the last refusals for the office, without what the request said", async () => {
    await directory.find('userName co "secret-name');
    const refusals = await world.services.stores.scimRefusals.list(world.office.id);
    expect(refusals).to.have.length(20);
    expect(refusals[0]).to.include({ method: "GET", path: "/scim/v2/Users", status: 400 });
    expect(JSON.stringify(refusals)).to.not.contain("secret-name");
  });

  it("challenges a request without a token, and one with a wrong one", async () => {
    const challenge = async (token: string) =>
      (await new ScimClient(world.browser(), token).get("/Users")).headers["www-authenticate"];
    expect(await challenge("")).to.equal("Bearer");
    expect(await challenge("x")).to.equal('Bearer error="invalid_token"');
  });
});

describe("a directory that asks without end", () => {
  const world = useVestibule({ office: {}, settings: { VESTIBULE_API_PER_MINUTE: "10" } });

  it("is refusal when to go on, and other offices notice nothing", async () => {
    const directory = await scimClient(world, world.office);
    const other = await scimClient(world, await world.makeOffice());
    let last: ScimReply | null = null;
    // Two windows at most, so that one of them is full.
    for (let sent = 0; sent < 21 && last?.status !== 429; sent += 1) {
      last = await directory.get("/ServiceProviderConfig");
    }
    expect(last?.status).to.equal(429);
    expect(Number(last?.headers["retry-after"])).to.be.within(1, 60);
    expect((await other.get("/ServiceProviderConfig")).status).to.equal(200);
  });
});
