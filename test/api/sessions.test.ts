import { expect } from "chai";
import { apiClient } from "../support/api-client.ts";
import { startBackChannel } from "../support/back-channel.ts";
import { asOwner } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { claimsOf } from "../support/relying-party.ts";
import { refresh, tokensFor } from "../support/tokens.ts";
import { giveManySessions, keptSessions } from "../support/stored-sessions.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("one session of a user at the management API", () => {
  const world = useVestibule();

  it("T221 ends with its tokens, its applications hear of it, and the others stay", async () => {
    const channel = await startBackChannel();
    try {
      const office = await world.makeOffice();
      const user = await world.makeUser({}, office);
      const application = await world.makeApplication({ backchannelLogoutUri: channel.url });
      const [lost, kept] = [world.browser(), world.browser()];
      const first = await tokensFor(lost, application, user);
      const second = await tokensFor(kept, application, user);
      const api = await apiClient(world, office);
      const path = `/offices/${office.id}/users/${user.id}/sessions`;
      const listed = async () =>
        ((await api.get(path)).body["items"] as { id: string; signedInAt: string }[]).map(({ id }) => id);
      const before = await listed();
      expect(before).to.have.length(2);
      // The last used comes first.
      const [, oldest = ""] = before;
      expect((await api.delete(`${path}/${oldest}`)).status).to.equal(204);
      expect(await listed()).to.deep.equal(before.slice(0, 1));
      await eventually(
        () => Promise.resolve(channel.tokens.length),
        (length) => length > 0,
      );
      const told = channel.tokens.map(claimsOf).map(({ sub, sid }) => ({ sub, sid }));
      expect(told).to.deep.equal([{ sub: user.id, sid: claimsOf(first.id)["sid"] }]);
      expect((await refresh(world.browser(), application, first.refresh)).status).to.equal(400);
      expect((await refresh(world.browser(), application, second.refresh)).status).to.equal(200);
      expect((await lost.get("/account")).status).to.equal(303);
      expect((await kept.get("/account")).status).to.equal(200);
    } finally {
      await channel.stop();
    }
  });

  it("is on some page of the list, however many there are, and T234 all of them end together", async () => {
    const office = await world.makeOffice();
    const [user, other] = [await world.makeUser({}, office), await world.makeUser({}, office)];
    const { id: applicationId } = await world.makeApplication();
    const all = await giveManySessions(world.database, user, { count: 120, applicationId });
    const api = await apiClient(world, office);
    const path = `/offices/${office.id}/users/${user.id}/sessions`;
    const pages: string[][] = [];
    let next: string | null = "";
    while (next !== null) {
      const { status, body } = await api.get(`${path}?size=50${next === "" ? "" : `&after=${next}`}`);
      expect(status, JSON.stringify(body)).to.equal(200);
      pages.push((body["items"] as { id: string }[]).map(({ id }) => id));
      next = body["next"] as string | null;
      const elsewhere = `/offices/${office.id}/users/${other.id}/sessions?after=${next ?? "none"}`;
      expect((await api.get(elsewhere)).status, "the cursor of another user").to.equal(400);
    }
    expect(pages.map(({ length }) => length)).to.deep.equal([50, 50, 20]);
    expect(pages.flat()).to.deep.equal(all);
    expect((await api.delete(path)).status).to.equal(204);
    expect(await keptSessions(world.database, user)).to.deep.equal([]);
  });

  it("T221 of another user, or one that has ended, is an unknown one, and nothing is recorded", async () => {
    const office = await world.makeOffice();
    const [user, other] = [await world.makeUser({}, office), await world.makeUser({}, office)];
    const application = await world.makeApplication();
    await tokensFor(world.browser(), application, other);
    const api = await apiClient(world, office);
    const of = ({ id }: { readonly id: string }) => `/offices/${office.id}/users/${id}/sessions`;
    const [session] = (await api.get(of(other))).body["items"] as { id: string }[];
    for (const id of [session?.id ?? "", "nothing", "%00"]) {
      expect((await api.delete(`${of(user)}/${id}`)).body, id).to.include({ code: "not-found" });
    }
    expect((await api.get(of(other))).body["items"]).to.have.length(1);
    const events = await asOwner(world.database, "select from audit_events where actor = $1", [
      api.application.id,
    ]);
    expect(events).to.be.empty;
  });
});
