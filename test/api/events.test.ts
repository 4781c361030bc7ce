import { expect } from "chai";
import type { AuditEvent } from "../../src/domain/audit/audit-event.ts";
import { apiClient, type ApiAnswer, type ApiClient } from "../support/api-client.ts";
import { asOwner } from "../support/database.ts";
import type { TestOffice } from "../support/people.ts";
import { useVestibule } from "../support/use-vestibule.ts";

interface Page {
  readonly items: readonly {
    readonly id: string;
    readonly type: string;
    readonly office: string | null;
    readonly subject: string | null;
    readonly data: unknown;
  }[];
  readonly next: string;
  readonly more: boolean;
}

const pageOf = ({ status, body }: ApiAnswer): Page => {
  expect(status, JSON.stringify(body)).to.equal(200);
  return body as unknown as Page;
};
const subjectsOf = ({ items }: Page) => items.map(({ subject }) => subject);

describe("events by the management API", function () {
  this.timeout(60_000);
  const world = useVestibule({ settings: { VESTIBULE_API_PER_MINUTE: "100000" }, office: {} });

  const event = (
    officeId: string | null,
    subject: string,
    changes: Partial<AuditEvent> = {},
  ): AuditEvent => ({
    ...{ type: "user.disabled", outcome: "ok", officeId, actor: "command line", subject },
    ...changes,
  });
  const add = (office: TestOffice | null, subject: string, changes: Partial<AuditEvent> = {}) =>
    world.services.audit.addAlone(event(office?.id ?? null, subject, changes));
  const seal = async () => {
    while ((await world.services.stores.auditSeals.seal(1_000)) > 0);
  };
  const get = async (client: ApiClient, query: Record<string, string> = {}) => {
    await seal();
    return client.get(`/events?${new URLSearchParams(query).toString()}`);
  };
  /** As a backup from before an event has it: chain and numbers go on as if it had never been. */
  const restoreBefore = async (office: TestOffice, subject: string) => {
    const last = "(select position - 1 from audit_seals where chain = $1 and event_id = $2)";
    const [found] = await asOwner<{ id: string }>(
      world.database,
      "select id::text from audit_events where office_id = $1 and subject = $2",
      [office.id, subject],
    );
    const values = [office.id, found?.id];
    const head = `update audit_chains c set position = s.position, hash = s.hash from audit_seals s
      where s.home = c.home and s.chain = c.chain and c.chain = $1 and s.position = ${last}`;
    await asOwner(world.database, head, values);
    await asOwner(world.database, `delete from audit_seals where chain = $1 and position > ${last}`, values);
    await asOwner(world.database, "delete from audit_events where office_id = $1 and id >= $2", values);
    await asOwner(world.database, "delete from audit_unsealed where chain = $1", [office.id]);
    const numbers = `alter table audit_events alter column id restart with ${found?.id ?? ""}`;
    await asOwner(world.database, numbers);
  };
  /** All pages from a cursor on. */
  const follow = async (client: ApiClient, after: string | null, size = "100") => {
    const seen: (string | null)[] = [];
    for (let next = after; ;) {
      const page = pageOf(await get(client, { size, ...(next === null ? {} : { after: next }) }));
      seen.push(...subjectsOf(page));
      next = page.next;
      if (!page.more) {
        return { seen, next };
      }
    }
  };

  it("T185 come in the order of the log, each once, by pages of any size", async () => {
    const office = await world.makeOffice();
    const client = await apiClient(world, office, ["events:read"]);
    const names = Array.from({ length: 25 }, (_, index) => `user ${String(index)}`);
    const { next } = await follow(client, null);
    for (const name of names) {
      await add(office, name);
    }
    expect((await follow(client, next, "7")).seen).to.deep.equal(names);
  });

  it("T185 are not skipped when they are committed after later ones", async () => {
    const office = await world.makeOffice();
    const client = await apiClient(world, office, ["events:read"]);
    let { next } = await follow(client, null);
    await world.services.database.inOffice(office.id, async (tx) => {
      await world.services.audit.add(tx, event(office.id, "slow"));
      await add(office, "quick");
      const seen = await follow(client, next);
      expect(seen.seen).to.deep.equal(["quick"]);
      next = seen.next;
    });
    expect((await follow(client, next)).seen).to.deep.equal(["slow"]);
  });

  it("T185 are found by type and outcome, and a page without any still goes on", async () => {
    const office = await world.makeOffice();
    const client = await apiClient(world, office, ["events:read"]);
    await add(office, "one");
    await add(office, "two", { type: "user.enabled" });
    await add(office, "three", {
      type: "code.blocked",
      outcome: "alarm",
      details: { failedSinceSuccess: 3 },
    });
    const enabled = pageOf(await get(client, { types: "user.enabled,user.added" }));
    expect(subjectsOf(enabled)).to.deep.equal(["two"]);
    const alarms = pageOf(await get(client, { outcome: "alarm" }));
    expect(alarms.items.map(({ type, data }) => ({ type, data }))).to.deep.equal([
      { type: "second-factor.blocked", data: { failedSinceSuccess: 3 } },
    ]);
    const none = pageOf(await get(client, { types: "users.imported" }));
    expect(none.items).to.deep.equal([]);
    expect((await follow(client, none.next)).seen).to.deep.equal([]);
    expect((await get(client, { types: "user.unknown" })).body).to.include({ code: "invalid-fields" });
  });

  it("T185 have no name, number, address, reason or code, and nothing that the catalogue does not name", async () => {
    const office = await world.makeOffice();
    const client = await apiClient(world, office, ["events:read"]);
    const details = {
      role: "user",
      name: "Anna",
      number: "+31612345678",
      reason: "lost",
      to: "a@b.example",
      code: "1",
    };
    await add(office, "anna", {
      ...{ type: "user.added", details },
      visitor: { address: "192.0.2.7", addressGroup: "192.0.2.7", requestId: "request-1" },
    });
    await add(office, "anna", { type: "password.wrong", outcome: "refused" });
    const { items } = pageOf(await get(client, { types: "user.added" }));
    expect(items.at(-1)?.data).to.deep.equal({ role: "user" });
    expect(JSON.stringify(items)).to.not.match(/Anna|3161|lost|b\.example|192\.0\.2\.7/);
    expect((await follow(client, null)).seen.filter((subject) => subject === "anna")).to.deep.equal(["anna"]);
  });

  it("T186 show an application of an office its own alone, and one of the platform each office that it names", async () => {
    const [own, other] = [await world.makeOffice(), await world.makeOffice()];
    await add(own, "own");
    await add(other, "other");
    await add(null, "platform");
    const bound = await apiClient(world, own, ["events:read"]);
    const platform = await apiClient(world, null, ["events:read"]);
    expect((await follow(bound, null)).seen)
      .to.include("own")
      .and.not.include("other")
      .and.not.include("platform");
    expect(subjectsOf(pageOf(await get(bound, { office: own.id })))).to.include("own");
    expect((await get(bound, { office: other.id })).status).to.equal(404);
    const unknown = await get(platform, { office: "00000000-0000-4000-8000-000000000000" });
    expect(unknown.status).to.equal(404);
    expect(subjectsOf(pageOf(await get(platform, { office: other.id }))))
      .to.include("other")
      .and.not.include("own");
    expect((await follow(platform, null)).seen)
      .to.include("platform")
      .and.not.include("own");
    const { next } = pageOf(await get(bound));
    expect(
      (await get(platform, { office: other.id, after: next })).status,
      "a cursor of another office",
    ).to.equal(400);
  });

  it("T185 say that they are gone when the log has become another one, as after a restored backup", async () => {
    const office = await world.makeOffice();
    const client = await apiClient(world, office, ["events:read", "webhooks:write"]);
    await add(office, "first");
    const early = pageOf(await get(client));
    await add(office, "lost");
    const late = pageOf(await get(client, { after: early.next }));
    const hook = { name: "Directory", url: "https://hooks.example/", types: [] };
    const made = await client.post(`/offices/${office.id}/webhooks`, hook);
    const replay = (after: string) =>
      client.post(`/offices/${office.id}/webhooks/${String(made.body["id"])}/replay`, { after });
    expect((await replay(late.next)).status).to.equal(204);
    await restoreBefore(office, "lost");
    await add(office, "new");
    await add(office, "newer");
    const again = pageOf(await get(client, { after: early.next }));
    expect(subjectsOf(again)).to.include.members(["new", "newer"]);
    expect(again.items[0]?.id, "another event").to.not.equal(late.items[0]?.id);
    expect(again.items[0]?.id.split("_").slice(0, 3)).to.deep.equal(late.items[0]?.id.split("_").slice(0, 3));
    expect((await get(client, { after: late.next })).body).to.include({ status: 410, code: "events-gone" });
    expect((await replay(late.next)).body).to.include({ status: 410, code: "events-gone" });
  });

  it("T185 go on from the last pruned event, and from no other in its place", async () => {
    const office = await world.makeOffice();
    const client = await apiClient(world, office, ["events:read"]);
    await add(office, "first");
    const { next } = pageOf(await get(client));
    const prune = `update audit_chains c set pruned_position = c.position, pruned_hash = c.hash where chain = $1`;
    await asOwner(world.database, prune, [office.id]);
    await asOwner(world.database, "delete from audit_seals where chain = $1", [office.id]);
    await add(office, "second");
    const page = pageOf(await get(client, { after: next }));
    expect(subjectsOf(page)).to.include("second");
    await asOwner(
      world.database,
      "update audit_chains set pruned_hash = sha256(pruned_hash) where chain = $1",
      [office.id],
    );
    expect((await get(client, { after: next })).body).to.include({ status: 410, code: "events-gone" });
  });

  it("T185 say that they are gone when the log was cut behind a cursor, or is shorter than it", async () => {
    const office = await world.makeOffice();
    const client = await apiClient(world, office, ["events:read"]);
    await add(office, "first");
    const { next } = pageOf(await get(client));
    await add(office, "second");
    await seal();
    const prune = "update audit_chains set pruned_position = position where chain = $1";
    await asOwner(world.database, prune, [office.id]);
    expect((await get(client, { after: next })).body).to.include({ status: 410, code: "events-gone" });
    await asOwner(
      world.database,
      "update audit_chains set pruned_position = 0, position = 0 where chain = $1",
      [office.id],
    );
    expect((await client.get(`/events?after=${next}`)).body).to.include({ status: 410 });
  });
});
