import { expect } from "chai";
import { IdempotencyStore } from "../../src/api/idempotency-store.ts";
import { apiClient, type ApiAnswer, type ApiClient } from "../support/api-client.ts";
import { aroundMethod } from "../support/around-method.ts";
import { asOwner } from "../support/database.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("a secret of the management API whose answer was lost", () => {
  const world = useVestibule({ user: {} });

  /** The work is done, and the process ends before it has kept its answer; a minute later the same request comes again. */
  async function lostThenRepeated(send: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    const restore = aroundMethod(IdempotencyStore, "keep", () =>
      Promise.reject(new Error("the process ended")),
    );
    try {
      expect((await send()).status).to.equal(500);
    } finally {
      restore();
    }
    expect((await send()).body).to.include({ code: "request-in-progress" });
    await asOwner(world.database, "update api_requests set begun_at = begun_at - interval '2 minutes'");
    const again = await send();
    // What is kept from now on is the same.
    expect((await send()).body).to.deep.equal(again.body);
    return again;
  }

  const countOf = async (type: string, subject: string): Promise<number> =>
    (
      await asOwner(
        world.database,
        `select 1 from audit_events where type = '${type}' and subject = '${subject}'`,
      )
    ).length;

  const machine = () =>
    world.makeApplication(
      { type: "machine", redirectUris: [], firstParty: false, homeUrl: null },
      world.office.id,
    );
  const isTaken = async (id: string, secret: unknown): Promise<boolean> => {
    const application = await world.services.applications.findStored(id);
    return application !== null && world.services.applicationService.isSecret(application, String(secret));
  };

  it("T226 of an application is replaced once, and the one before stays as long as it was to", async () => {
    const api = await apiClient(world, world.office);
    const { id, secret: before } = await machine();
    const rotate = (key: string) =>
      api.post(`/applications/${id}/rotate-secret`, { overlapHours: 24 }, { "idempotency-key": key });
    const { status, body } = await lostThenRepeated(() => rotate("lost"));
    expect(status).to.equal(200);
    expect(await isTaken(id, body["secret"])).to.equal(true);
    expect(await isTaken(id, before)).to.equal(true);
    expect(await countOf("application.secret-rotated", id)).to.equal(1);
    const other = await rotate("another");
    expect(other.body["secret"]).to.not.equal(body["secret"]);
  });

  it("T226 is another one when its key is used again after its day", async () => {
    const api = await apiClient(world, world.office);
    const { id } = await machine();
    const rotate = () =>
      api.post(`/applications/${id}/rotate-secret`, {}, { "idempotency-key": "every-month" });
    const first = await rotate();
    await asOwner(world.database, "update api_requests set expires_at = now() - interval '1 second'");
    const second = await rotate();
    expect([first.status, second.status]).to.deep.equal([200, 200]);
    expect(second.body["secret"]).to.not.equal(first.body["secret"]);
    expect(await countOf("application.secret-rotated", id)).to.equal(2);
  });

  it("T226 of a new application is answered, and the application is there once", async () => {
    const api = await apiClient(world, world.office);
    const add = () =>
      api.post(
        `/offices/${world.office.id}/applications`,
        { name: "Lost and found", type: "machine" },
        { "idempotency-key": "lost-application" },
      );
    const { status, body } = await lostThenRepeated(add);
    expect(status).to.equal(201);
    const id = String(body["id"]);
    expect(await isTaken(id, body["secret"])).to.equal(true);
    expect(await countOf("application.added", id)).to.equal(1);
    const named = await asOwner(world.database, "select id from applications where name = 'Lost and found'");
    expect(named).to.have.length(1);
  });

  for (const whose of ["office", "platform"] as const) {
    it(`T226 of a webhook of the ${whose} is made and replaced once, and the receiver's one still signs`, async () => {
      const api: ApiClient = await apiClient(world, whose === "office" ? world.office : null);
      const root = whose === "office" ? `/offices/${world.office.id}/webhooks` : "/webhooks";
      const draft = { name: "Lost", url: "https://hooks.example/" };
      const added = await lostThenRepeated(() => api.post(root, draft, { "idempotency-key": "hook" }));
      expect(added.status).to.equal(201);
      const id = String(added.body["id"]);
      expect(await countOf("webhook.added", id)).to.equal(1);
      const rotated = await lostThenRepeated(() =>
        api.post(`${root}/${id}/rotate-secret`, undefined, { "idempotency-key": "rotated" }),
      );
      expect(await countOf("webhook.secret-rotated", id)).to.equal(1);
      expect(await signing(whose, id)).to.deep.equal([rotated.body["secret"], added.body["secret"]]);
    });
  }

  it("T226 of a webhook that was replaced since is not made anew, however often the request is repeated", async () => {
    const api = await apiClient(world, world.office);
    const root = `/offices/${world.office.id}/webhooks`;
    const add = () =>
      api.post(root, { name: "Once", url: "https://hooks.example/" }, { "idempotency-key": "once" });
    const first = await add();
    expect(first.status).to.equal(201);
    expect((await api.post(`${root}/${String(first.body["id"])}/rotate-secret`)).status).to.equal(200);
    await asOwner(
      world.database,
      "update api_requests set sealed = null, begun_at = begun_at - interval '2 minutes'",
    );
    for (const time of ["first", "second", "third"]) {
      const { status, body } = await add();
      expect([status, body["code"]], time).to.deep.equal([409, "not-possible-now"]);
    }
    expect(await asOwner(world.database, "select from webhooks where name = 'Once'")).to.have.length(1);
  });

  it("T226 of an application that was replaced since is not made anew either", async () => {
    const api = await apiClient(world, world.office);
    const add = () =>
      api.post(
        `/offices/${world.office.id}/applications`,
        { name: "Only once", type: "machine" },
        { "idempotency-key": "only-once" },
      );
    const first = await add();
    expect(first.status).to.equal(201);
    const rotated = await api.post(`/applications/${String(first.body["id"])}/rotate-secret`, {});
    expect(rotated.status).to.equal(200);
    await asOwner(
      world.database,
      "update api_requests set sealed = null, begun_at = begun_at - interval '2 minutes'",
    );
    for (const time of ["first", "second", "third"]) {
      expect((await add()).status, time).to.equal(409);
    }
    const named = await asOwner(world.database, "select from applications where name = 'Only once'");
    expect(named).to.have.length(1);
  });

  async function signing(whose: "office" | "platform", id: string): Promise<unknown[]> {
    const { secretsAt } = await import("../../src/domain/webhooks/webhook-secret.ts");
    const { webhooks } = world.services.stores;
    const officeId = whose === "office" ? world.office.id : null;
    const sealed = await webhooks.inOfficeOf(officeId, (tx) => webhooks.findSealed(tx, id));
    const at = new Date();
    return sealed === null
      ? []
      : secretsAt(world.services.box, id, { sealed, at }).map((secret) => secret.reveal());
  }

  it("T226 cannot be made of what the database has, nor of the key alone", async () => {
    const [one, other] = [await apiClient(world, world.office), await apiClient(world, world.office)];
    const key = { "idempotency-key": "same-key" };
    const secrets = await Promise.all(
      [one, other].map(async (api) => {
        const { id } = await machine();
        return (await api.post(`/applications/${id}/rotate-secret`, {}, key)).body["secret"];
      }),
    );
    expect(new Set(secrets).size).to.equal(2);
    expect(String(secrets[0])).to.match(/^[\w-]{43}$/);
  });
});
