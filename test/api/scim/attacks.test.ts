import { expect } from "chai";
import { captureLog } from "../../support/log-capture.ts";
import { scimClient, type ScimClient } from "../../support/scim-client.ts";
import { onceMade } from "../../support/suite-resource.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a directory that means harm", () => {
  const world = useVestibule({ user: { username: "ines", name: "Ines Smit" } });
  let made: ScimClient | null = null;
  const directory = onceMade(() => made);
  const path = () => `/Users/${world.user.id}`;

  before(async () => {
    made = await scimClient(world, world.office);
  });

  it("T215 has a path refused by its length, before any of it is read", async () => {
    // Each quotation mark that has no end is looked for to the end of the text.
    const long = `"${'\\"'.repeat(600)}`;
    for (const address of [path(), "/Groups/accountant"]) {
      const { status, body } = await directory.patch(address, [{ op: "replace", path: long, value: "x" }]);
      expect(status).to.equal(400);
      expect(body).to.include({
        scimType: "invalidPath",
        detail: "A path may have 1000 characters.",
      });
    }
  });

  it("T215 fills no log of the operator with what it asks for and is not there", async () => {
    const lines = captureLog(world.services.log);
    for (const [method, address] of [
      ["GET", "/Me"],
      ["POST", "/Bulk"],
      ["POST", "/.search"],
      ["POST", "/Users/.search"],
      ["POST", "/Groups/.search"],
    ] as const) {
      const { status, body } = await directory.call(method, address, method === "GET" ? undefined : {});
      expect(status, address).to.equal(501);
      expect(body).to.include({ status: "501" });
    }
    expect(lines.filter(({ level }) => level === "error")).to.be.empty;
    const [last] = await world.services.stores.scimRefusals.list(world.office.id);
    expect(last).to.include({ method: "POST", path: "/scim/v2/Groups/.search", status: 501 });
  });

  it("finds a schema by its name with encoded colons, as many libraries write it", async () => {
    const name = "urn:ietf:params:scim:schemas:core:2.0:User";
    const { status, body } = await directory.get(`/Schemas/${encodeURIComponent(name)}`);
    expect(status).to.equal(200);
    expect(body).to.include({ id: name });
    expect((await directory.get("/Schemas/%E0%A4%A")).status).to.equal(404);
  });

  it("T215 cannot name an attribute twice, once for a proxy's eyes and once for ours", async () => {
    const wrong = ['{"userName":"first","USERNAME":"second"}', '{"active":false,"Active":true}'];
    for (const body of wrong) {
      const reply = await directory.call("PUT", path(), body);
      expect([reply.status, reply.body["scimType"]], body).to.deep.equal([400, "invalidSyntax"]);
    }
    expect((await directory.get(path())).body).to.include({ userName: "ines", active: true });
  });

  it("T216 writes no half of a character, which PostgreSQL would keep as another one", async () => {
    for (const field of ["externalId", "displayName", "userName", "name.givenName"]) {
      const { status, body } = await directory.patch(path(), [
        { op: "replace", path: field, value: "x\ud800y" },
      ]);
      expect([status, body["scimType"]], field).to.deep.equal([400, "invalidValue"]);
    }
    expect((await directory.get(path())).body).to.include({ displayName: "Ines Smit" });
  });
});
