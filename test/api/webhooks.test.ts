import { expect } from "chai";
import { startWorkers } from "../../src/server/wiring/processes.ts";
import { apiClient, type ApiAnswer, type ApiClient } from "../support/api-client.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { startReceiver } from "../support/webhook-receiver.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const DRAFT = { name: "Directory", url: "https://hooks.example/events", types: ["user.added"] };
const UNKNOWN = "00000000-0000-4000-8000-000000000000";

describe("webhooks by the management API", function () {
  this.timeout(60_000);
  const settings = { VESTIBULE_API_PER_MINUTE: "100000", VESTIBULE_MESSAGE_WORKERS: "no" };
  const world = useVestibule({ settings, office: {} });
  const ok = ({ status, body }: ApiAnswer, expected: number) => {
    expect(status, JSON.stringify(body)).to.equal(expected);
    return body;
  };
  const items = (answer: ApiAnswer) => ok(answer, 200)["items"] as readonly Record<string, unknown>[];
  const hooksOf = async () => {
    const office = await world.makeOffice();
    const path = `/offices/${office.id}/webhooks`;
    return { office, path, client: await apiClient(world, office) };
  };
  const add = async (client: ApiClient, path: string, changes = {}) =>
    ok(await client.post(path, { ...DRAFT, ...changes }), 201);
  const auditOf = async (id: unknown) =>
    (
      await asOwner<{ type: string }>(
        world.database,
        "select type from audit_events where subject = $1 order by id",
        [id],
      )
    ).map(({ type }) => type);

  it("T187 shows a secret when it is made and never again", async () => {
    const { client, path } = await hooksOf();
    const { id, secret, ...made } = await add(client, path);
    expect(secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made).to.deep.include({ ...DRAFT, state: "on", failingSince: null });
    const next = ok(await client.post(`${path}/${String(id)}/rotate-secret`), 200)["secret"];
    expect(next)
      .to.match(/^whsec_/)
      .and.not.equal(secret);
    const answers = [
      await client.get(path),
      await client.get(`${path}/${String(id)}`),
      await client.patch(`${path}/${String(id)}`, { name: "Other" }),
      await client.get(`${path}/${String(id)}/deliveries`),
    ];
    answers.forEach((answer) => {
      expect(JSON.stringify(ok(answer, 200))).to.not.contain("whsec_");
    });
    expect(ok(await client.get(`${path}/${String(id)}`), 200)).to.include({ name: "Other" });
    ok(await client.delete(`${path}/${String(id)}`), 204);
    expect((await client.get(`${path}/${String(id)}`)).status).to.equal(404);
    expect(await auditOf(id)).to.deep.equal([
      ...["webhook.added", "webhook.secret-rotated", "webhook.changed", "webhook.deleted"],
    ]);
  });

  it("T176 adds one, also when the answer to the first request was lost", async () => {
    const { client, path } = await hooksOf();
    const platform = await apiClient(world, null);
    for (const [by, at] of [
      [client, path],
      [platform, "/webhooks"],
    ] as const) {
      const before = items(await by.get(at)).length;
      const key = { "idempotency-key": `lost-${String(before)}` };
      const draft = { ...DRAFT, types: ["webhook.added"] };
      const added = ok(await by.post(at, draft, key), 201);
      await asOwner(
        world.database,
        "update api_requests set sealed = null, begun_at = begun_at - interval '2 minutes'",
      );
      expect(ok(await by.post(at, draft, key), 201)).to.deep.equal(added);
      expect(items(await by.get(at))).to.have.length(before + 1);
    }
  });

  it("changes what is named, records a change once, and nothing where all is so already", async () => {
    const { client, path, office } = await hooksOf();
    const { id } = await add(client, path);
    const place = `${path}/${String(id)}`;
    const { service } = world.services.webhooks;
    const [stale] = await service.list(office.id);
    const by = { id: "command line", officeId: null, role: "operator" } as const;
    ok(await client.patch(place, { state: "off" }), 200);
    ok(await client.patch(place, { state: "off", name: DRAFT.name, types: DRAFT.types }), 200);
    ok(await client.patch(place, {}), 200);
    const both = ok(await client.patch(place, { state: "on", url: "https://other.example/" }), 200);
    expect(both).to.include({ state: "on", url: "https://other.example/", name: DRAFT.name });
    if (stale !== undefined) {
      await service.change(stale, { name: "Other" }, by);
    }
    expect(ok(await client.get(place), 200)).to.include({ name: "Other", url: "https://other.example/" });
    const changed = Array.from({ length: 3 }, () => "webhook.changed");
    expect(await auditOf(id)).to.deep.equal(["webhook.added", ...changed]);
  });

  it("T175 names the field of a wrong address or type, and changes nothing", async () => {
    const { client, path } = await hooksOf();
    for (const [field, changes] of [
      ["url", { url: "http://hooks.example/" }],
      ["url", { url: "https://user:secret@hooks.example/" }],
      ["name", { name: " " }],
      ["name", { name: "Desk\u001b[2J" }],
      ["name", { name: "half \ud800" }],
      ["url", { url: "https://hooks.example/\u0000" }],
      ["url", { url: "https://hooks.\nexample/" }],
      ["types.0", { types: ["user.unknown"] }],
      ["secret", { secret: "whsec_own" }],
    ] as const) {
      const { status, body } = await client.post(path, { ...DRAFT, ...changes });
      expect({ status, code: body["code"] }, field).to.deep.equal({ status: 400, code: "invalid-fields" });
      expect((body["errors"] as { field: string }[])[0]?.field).to.equal(field);
    }
    expect(items(await client.get(path))).to.deep.equal([]);
  });

  it("T175 refuses an event that never arrives: one of the platform for an office, and the other way round", async () => {
    const { client, path } = await hooksOf();
    const types = ["user.added", "data-key.added"];
    const { id } = await add(client, path);
    for (const { status, body } of [
      await client.post(path, { ...DRAFT, types }),
      await client.patch(`${path}/${String(id)}`, { types }),
    ]) {
      expect({ status, code: body["code"] }).to.deep.equal({ status: 400, code: "invalid-fields" });
      expect(body["errors"]).to.deep.equal([
        { field: "types.1", detail: "is an event of the platform, which no office gets" },
      ]);
    }
    expect(items(await client.get(path))[0]).to.deep.include({ types: DRAFT.types });
    const platform = await apiClient(world, null);
    const ofBoth = ["data-key.added", "application.added"];
    const made = await add(platform, "/webhooks", { types: ofBoth });
    expect(made).to.deep.include({ types: ofBoth });
    const place = `/webhooks/${String(made["id"])}`;
    for (const { status, body } of [
      await platform.post("/webhooks", { ...DRAFT, types }),
      await platform.patch(place, { types }),
    ]) {
      expect({ status, code: body["code"] }).to.deep.equal({ status: 400, code: "invalid-fields" });
      expect(body["errors"]).to.deep.equal([
        { field: "types.0", detail: "is an event of offices, which no webhook of the platform gets" },
      ]);
    }
    expect(ok(await platform.patch(place, { types: ["signing-key.rotated"] }), 200)).to.deep.include({
      types: ["signing-key.rotated"],
    });
  });

  it("T175 loses no other's change of a webhook: a version has to be named, and to be the newest", async () => {
    const { client, path } = await hooksOf();
    const made = await client.post(path, DRAFT);
    const place = `${path}/${String(ok(made, 201)["id"])}`;
    const etag = String((await client.get(place)).headers["etag"]);
    expect(made.headers["etag"]).to.equal(etag);
    const none = await client.call("PATCH", place, { body: { state: "off" } });
    expect(ok(none, 428)).to.include({ code: "version-required" });
    const first = await client.patch(place, { types: ["user.added", "user.deleted"] }, etag);
    ok(first, 200);
    expect(ok(await client.patch(place, { types: [] }, etag), 412)).to.include({ code: "stale-version" });
    const newest = String((await client.get(place)).headers["etag"]);
    expect(first.headers["etag"]).to.equal(newest).and.not.equal(etag);
    const both = await Promise.all(["one", "two"].map((name) => client.patch(place, { name }, newest)));
    expect(both.map(({ status }) => status).toSorted()).to.deep.equal([200, 412]);
    ok(await client.post(`${place}/rotate-secret`), 200);
    const last = both.find(({ status }) => status === 200)?.headers["etag"];
    expect((await client.get(place)).headers["etag"], "a secret is no part of it").to.equal(last);
    ok(await client.patch(place, { state: "off" }), 200);
  });

  it("has twenty webhooks of an office at most", async () => {
    const { client, path } = await hooksOf();
    for (let count = 0; count < 20; count += 1) {
      await add(client, path);
    }
    expect(ok(await client.post(path, DRAFT), 409)).to.include({ code: "not-possible-now" });
  });

  it("T186 keeps webhooks and their logs from another office, in every operation", async () => {
    const [own, other] = [await hooksOf(), await hooksOf()];
    const { id } = await add(other.client, other.path);
    const platform = await apiClient(world, null);
    const ofPlatform = await add(platform, "/webhooks", { types: [] });
    const { delivery } = ok(await other.client.post(`${other.path}/${String(id)}/test`), 200);
    for (const place of [
      `${other.path}/${String(id)}`,
      `${own.path}/${String(id)}`,
      `${own.path}/${UNKNOWN}`,
      `/webhooks/${String(ofPlatform["id"])}`,
      `/webhooks/${String(id)}`,
    ]) {
      const tries = [
        await own.client.get(place),
        await own.client.get(`${place}/deliveries`),
        await own.client.patch(place, { url: "https://evil.example/" }),
        await own.client.delete(place),
        ...(await Promise.all(["rotate-secret", "test"].map((what) => own.client.post(`${place}/${what}`)))),
        await own.client.post(`${place}/send-again`, { delivery }),
        await own.client.post(`${place}/replay`, { after: "x" }),
      ];
      expect(
        tries.map(({ status }) => status),
        place,
      ).to.deep.equal(tries.map(() => 404));
    }
    expect(ok(await other.client.get(`${other.path}/${String(id)}`), 200)).to.include({ url: DRAFT.url });
    const mine = await add(own.client, own.path);
    const borrowed = await own.client.post(`${own.path}/${String(mine["id"])}/send-again`, { delivery });
    expect(ok(borrowed, 400)).to.include({ code: "invalid-fields" });
  });

  it("tests, shows what was sent, and sends it again or from a cursor on", async () => {
    const { client, path, office } = await hooksOf();
    const receiver = await startReceiver();
    const workers = await startWorkers(world.services);
    try {
      const { id } = await add(client, path, { url: receiver.url });
      const place = `${path}/${String(id)}`;
      const start = ok(await client.get("/events?size=100"), 200)["next"];
      ok(await client.post(`${place}/test`), 200);
      ok(
        await client.post(`/offices/${office.id}/users`, {
          username: "anna",
          name: "Anna",
          mail: "a@b.example",
        }),
        201,
      );
      while ((await world.services.stores.auditSeals.seal(1_000)) > 0);
      const delivered = () =>
        eventually(
          async () => items(await client.get(`${place}/deliveries`)),
          (all) => all.length === 2 && all.every(({ state }) => state === "delivered"),
        );
      const log = await delivered();
      expect(log.map(({ type, status, attempts }) => [type, status, attempts])).to.have.deep.members([
        ["user.added", 204, 1],
        ["webhook.test", 204, 1],
      ]);
      const [first] = log.filter(({ type }) => type === "user.added");
      ok(await client.post(`${place}/send-again`, { delivery: first?.["id"] }), 204);
      const times = (count: number) =>
        eventually(
          () => Promise.resolve(receiver.received.filter((each) => each.id === first?.["event"])),
          ({ length }) => length === count,
        );
      await times(2);
      await delivered();
      ok(await client.post(`${place}/replay`, { after: start }), 204);
      const [one, , third] = await times(3);
      expect(third?.body).to.equal(one?.body);
      expect(ok(await client.post(`${place}/replay`, { after: "nonsense" }), 400)).to.include({
        code: "invalid-fields",
      });
    } finally {
      await workers.stop();
      await receiver.stop();
    }
  });
});
