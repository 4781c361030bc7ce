import { expect } from "chai";
import { apiClient } from "../support/api-client.ts";
import { UserAdministration } from "../../src/domain/users/user-administration.ts";
import { aroundMethod } from "../support/around-method.ts";
import { asOwner } from "../support/database.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("a repeated request of the management API", () => {
  const world = useVestibule({ user: {} });
  const users = () => `/offices/${world.office.id}/users`;
  const draft = (username: string) => ({ username, name: "Ines Smit" });

  it("T176 has no second effect, and gets the same answer", async () => {
    const api = await apiClient(world, world.office);
    const key = { "idempotency-key": "first-one" };
    const first = await api.post(users(), draft("twice"), key);
    const second = await api.post(users(), draft("twice"), key);
    expect([first.status, second.status]).to.deep.equal([201, 201]);
    expect(second.body).to.deep.equal(first.body);
    expect(second.headers).to.include({ etag: first.headers["etag"], location: first.headers["location"] });
    expect(second.headers["idempotency-replayed"]).to.equal("true");
    const [secret, again] = [
      await api.post(`/offices/${world.office.id}/applications`, { name: "Once", type: "machine" }, key),
      await api.post(
        `/offices/${world.office.id}/applications`,
        { name: "Once", type: "machine" },
        { "idempotency-key": "2" },
      ),
    ];
    expect(secret.body).to.include({ code: "key-reused" });
    expect(again.status).to.equal(201);
  });

  it("T176 with another body or address is refused, and one of another application is its own", async () => {
    const [api, other] = [await apiClient(world, world.office), await apiClient(world, world.office)];
    const key = { "idempotency-key": '"quoted"' };
    expect((await api.post(users(), draft("quoted-one"), key)).status).to.equal(201);
    for (const answer of [
      await api.post(users(), draft("quoted-two"), key),
      await api.post(`${users()}/${world.user.id}/disable`, undefined, key),
    ]) {
      expect(answer.status).to.equal(422);
      expect(answer.body).to.include({ code: "key-reused" });
    }
    expect((await other.post(users(), draft("quoted-two"), key)).status).to.equal(201);
  });

  it("T176 that changed nothing leaves its key free for the one that is mended", async () => {
    const api = await apiClient(world, world.office);
    const key = { "idempotency-key": "mended" };
    expect((await api.post(users(), { username: world.user.username, name: "x y" }, key)).status).to.equal(
      409,
    );
    expect((await api.post(users(), draft("mended"), key)).status).to.equal(201);
  });

  it("T254 that the database could not take leaves its key free for the one that is mended, too", async () => {
    const api = await apiClient(world, world.office);
    const refused = aroundMethod(UserAdministration, "add", () =>
      Promise.reject(Object.assign(new Error("no text of a database"), { code: "22021" })),
    );
    const key = { "idempotency-key": "unstorable" };
    const first = await api.post(users(), draft("unstorable"), key).finally(refused);
    expect(first.status).to.equal(400);
    expect((await api.post(users(), draft("unstorable-mended"), key)).status).to.equal(201);
  });

  it("T254 that met a fault may come again at once, and no other one with its key", async () => {
    const api = await apiClient(world, world.office);
    const failing = aroundMethod(UserAdministration, "add", () => Promise.reject(new Error("a fault")));
    const key = { "idempotency-key": "fault" };
    const first = await api.post(users(), draft("fault"), key).finally(failing);
    expect(first.status).to.equal(500);
    expect((await api.post(users(), draft("another"), key)).body).to.include({ code: "key-reused" });
    expect((await api.post(users(), draft("fault"), key)).status).to.equal(201);
    expect((await api.post(users(), draft("fault"), key)).headers["idempotency-replayed"]).to.equal("true");
  });

  it("T176 at the same moment is worked on once", async () => {
    const api = await apiClient(world, world.office);
    const key = { "idempotency-key": "at-once" };
    const answers = await Promise.all([1, 2, 3, 4].map(() => api.post(users(), draft("at-once"), key)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).to.include(201);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).to.deep.equal([]);
    const running = answers.filter(({ status }) => status === 409).map(({ body }) => body["code"]);
    expect(running.every((code) => code === "request-in-progress")).to.equal(true);
  });

  it("T176 keeps the answer encrypted, at the home of the office, and for a day", async () => {
    const api = await apiClient(world, world.office);
    const key = { "idempotency-key": "sealed" };
    const made = await api.post(
      `/offices/${world.office.id}/applications`,
      { name: "Sealed", type: "machine" },
      key,
    );
    const rows = await asOwner<{ sealed: Buffer; home: number; hours: number }>(
      world.database,
      "select sealed, home, extract(epoch from expires_at - begun_at)::integer / 3600 as hours from api_requests",
    );
    const text = rows.map(({ sealed }) => sealed.toString("latin1")).join("");
    expect(made.body["secret"]).to.be.a("string");
    expect(text).to.not.include(String(made.body["secret"]));
    expect(new Set(rows.map(({ home }) => home))).to.deep.equal(
      new Set([Number.parseInt(world.office.id.slice(0, 4), 16) >> 1]),
    );
    expect(new Set(rows.map(({ hours }) => hours))).to.deep.equal(new Set([24]));
    await asOwner(world.database, "update api_requests set expires_at = now() - interval '1 second'");
    await world.services.stores.apiRequests.purge(100);
    expect(await asOwner(world.database, "select id from api_requests")).to.deep.equal([]);
  });
});
