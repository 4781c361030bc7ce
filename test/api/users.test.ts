import { expect } from "chai";
import { apiClient, type ApiClient } from "../support/api-client.ts";
import { onceMade } from "../support/suite-resource.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("users at the management API", () => {
  const world = useVestibule({ user: {} });
  let made: { own: ApiClient; platform: ApiClient } | null = null;
  const clients = onceMade(() => made);
  const users = () => `/offices/${world.office.id}/users`;
  const userNamed = (username: string) => ({ username, name: "Ines Smit", mail: `${username}@mail.example` });

  before(async () => {
    made = { own: await apiClient(world, world.office), platform: await apiClient(world, null) };
  });

  it("lists the users of the office, and reads one with its version", async () => {
    const list = await clients.own.get(users());
    expect(list.status).to.equal(200);
    expect(list.body["items"]).to.have.length(1);
    const one = await clients.own.get(`${users()}/${world.user.id}`);
    expect(one.status).to.equal(200);
    expect(one.body).to.include({ id: world.user.id, username: world.user.username, role: "user" });
    expect(one.headers["etag"]).to.match(new RegExp(`^"${String(one.body["version"])}\\.`));
  });

  it("adds a user, changes, disables, enables and deletes", async () => {
    const { own } = clients;
    const added = await own.post(users(), userNamed("ines"));
    expect(added.status, JSON.stringify(added.body)).to.equal(201);
    expect(added.headers["location"]).to.equal(`/api/v1${users()}/${String(added.body["id"])}`);
    const path = `${users()}/${String(added.body["id"])}`;
    const changed = await own.patch(path, { name: "Ines de Smit" }, String(added.headers["etag"]));
    expect(changed.body).to.include({ name: "Ines de Smit", mail: "ines@mail.example" });
    expect((await own.post(`${path}/disable`)).body).to.include({ status: "disabled" });
    expect((await own.post(`${path}/enable`)).body).to.include({ status: "active" });
    const role = await own.put(`${path}/role`, { role: "accountant" });
    expect(role.body).to.include({ role: "accountant" });
    expect((await own.delete(`${path}?reason=left`)).status).to.equal(204);
    expect((await own.get(path)).status).to.equal(404);
  });

  it("pages by opaque cursors, which belong to their filters", async () => {
    const { platform } = clients;
    for (const name of ["page-a", "page-b", "page-c"]) {
      expect((await platform.post(users(), userNamed(name))).status).to.equal(201);
    }
    const seen: unknown[] = [];
    let after = "";
    do {
      const page = await platform.get(`${users()}?size=2&search=page${after}`);
      expect(page.status, JSON.stringify(page.body)).to.equal(200);
      seen.push(...(page.body["items"] as { username: string }[]).map(({ username }) => username));
      after = typeof page.body["next"] === "string" ? `&after=${page.body["next"]}` : "";
    } while (after !== "");
    expect(seen).to.deep.equal(["page-a", "page-b", "page-c"]);
    const first = await platform.get(`${users()}?size=2&search=page`);
    const elsewhere = await platform.get(
      `${users()}?size=2&search=other&after=${String(first.body["next"])}`,
    );
    expect(elsewhere.status).to.equal(400);
    expect(elsewhere.body).to.deep.include({ code: "invalid-fields" });
  });

  it("sets, reads and deletes a number, and resets a factor", async () => {
    const { own } = clients;
    const path = `${users()}/${world.user.id}`;
    const reason = "asked by the office";
    expect((await own.put(`${path}/number`, { number: "06 12345678", reason })).status).to.equal(204);
    expect((await own.get(`${path}/number`)).body).to.include({
      number: "+31612345678",
      state: "unconfirmed",
    });
    const removed = await own.delete(`${path}/number?reason=${encodeURIComponent(reason)}`);
    expect(removed.status, JSON.stringify(removed.body)).to.equal(200);
    expect(removed.body).to.have.property("enrolmentCode");
    const reset = await own.post(`${path}/factors/reset`, { reason });
    expect(reset.status).to.equal(200);
    expect(reset.body["enrolmentCode"]).to.be.a("string");
    expect((await own.get(`${path}/factors`)).body).to.include({ isFrozen: false });
    expect((await own.post(`${path}/factors/unlock`, { reason })).status).to.equal(204);
    expect((await own.get(`${path}/sessions`)).body).to.deep.equal({ items: [], next: null });
    expect((await own.delete(`${path}/sessions`)).status).to.equal(204);
  });
});
