import { expect } from "chai";
import type { Queryable } from "../../../src/platform/database/database.ts";
import { makeActor, OPERATOR } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { meeting } from "../../support/meeting.ts";
import { makeSmsUser, storedUser } from "../../support/mobile-numbers.ts";
import { giveApp } from "../../support/second-factor.ts";
import { MAKE, twoPeople } from "../../support/two-people.ts";
import { useServices } from "../../support/use-vestibule.ts";

const VISITOR = { address: "127.0.0.1", addressGroup: "127.0.0.1", requestId: "test" };

/** A deletion locks the office, then the user's sign-ins, then the user, and then all that is the user's. */
describe("a change of a user who is being deleted", function () {
  this.timeout(30_000);
  const world = useServices({ office: {} });
  const { services } = world;
  const { placeWith, requested, approve } = twoPeople(world);

  it("waits for the deletion, and it not for the change: a link that cancels", async () => {
    const { id } = await world.makeUser({ mail: "cancels@mail.example" });
    const user = { id, officeId: world.office.id };
    const link = await services.database.inOffice(user.officeId, (tx) =>
      services.links.disputes.link(tx, user, { kind: "new-browser" }),
    );
    const deletion = {
      id,
      ends: "rollback",
      first: "select from users where id = $1 for no key update",
      then: "delete from one_time_links where user_id = $1",
    } as const;
    const met = await meeting(world.database, deletion, () =>
      services.links.disputes.use(link.split("/").at(-1) ?? "", VISITOR),
    );
    expect(met).to.deep.equal({ answer: "ended", other: null });
  });

  it("is waited for by the deletion: a sign-in that sets up a method", async () => {
    const user = await world.makeUser();
    const { id } = user;
    await asOwner(
      world.database,
      `insert into sign_ins (home, id, office_id, user_id, facts, created_at, expires_at)
       values (home_of($1), '\\x01', $1, $2, '[]', now(), now() + interval '1 hour')`,
      [world.office.id, id],
    );
    const signIn = {
      id,
      ends: "rollback",
      first: "select from sign_ins where user_id = $1 for update",
      then: "select from users where id = $1 for no key update",
    } as const;
    const stored = await storedUser(services, user);
    const by = { by: OPERATOR, reason: "left" } as const;
    expect(
      await meeting(world.database, signIn, () => services.administration.deletion.delete(stored, by)),
    ).to.deep.equal({ answer: { type: "deleted" }, other: null });
  });

  it("waits for the deletion, and it not for the change: what a second person approves", async () => {
    const place = await placeWith("several");
    const first = await makeActor(services, world.office, "support");
    const second = await makeActor(services, world.office, "support");
    const key = await requested(place, place.plain, { asked: MAKE, by: first });
    const deletion = {
      id: place.office.id,
      ends: "rollback",
      first: "select from offices where id = $1 for no key update",
      then: "delete from approval_requests where office_id = $1",
    } as const;
    expect(await meeting(world.database, deletion, () => approve(key, second))).to.deep.equal({
      answer: "approved",
      other: null,
    });
  });
});

/** The end of a sign-in locks the count of codes, then the code and its method, then the browsers that are familiar, then those that are trusted. */
describe("a change of a user while a sign-in ends", function () {
  this.timeout(30_000);
  const world = useServices({ office: {} });
  const { services } = world;
  const officeId = () => world.office.id;
  const inOffice = <T>(work: (tx: Queryable) => Promise<T>) => services.database.inOffice(officeId(), work);

  it("waits for it, and it not for the change: a new password in the same browser", async () => {
    const { id } = await world.makeUser({ mail: "resets@mail.example" });
    const browser = await inOffice((tx) => services.familiar.remember(tx, { id, officeId: officeId() }, []));
    await asOwner(
      world.database,
      "insert into second_factor_guard (home, office_id, user_id) values (home_of($1), $1, $2)",
      [officeId(), id],
    );
    const made = {
      purpose: "password-reset",
      officeId: officeId(),
      userId: id,
      at: new Date(),
      data: { mail: "resets@mail.example" },
    } as const;
    const token = (await inOffice((tx) => services.stores.links.make(tx, made))).reveal();
    const signIn = {
      id,
      ends: "rollback",
      first: "select from second_factor_guard where user_id = $1 for update",
      then: "delete from familiar_browsers where user_id = $1",
    } as const;
    const { answer, other } = await meeting(world.database, signIn, () =>
      services.links.passwordReset.complete(
        { purpose: "password-reset", token, browser },
        "copper-anchor-violin-63",
        VISITOR,
      ),
    );
    expect([typeof answer === "string" ? answer : answer.type, other]).to.deep.equal(["done", null]);
  });

  it('waits for it, and it not for the change: "this was not me"', async () => {
    const { id } = await world.makeUser({ mail: "ends@mail.example" });
    const user = { id, officeId: officeId() };
    await inOffice((tx) => services.familiar.remember(tx, user, []));
    await asOwner(
      world.database,
      `insert into trusted_browsers (home, id, office_id, user_id, hash, device, trusted_at, used_at, ends_at)
       values (home_of($1), $2, $1, $2, '\\x01', '{}', now(), now(), now() + interval '1 day')`,
      [officeId(), id],
    );
    const link = await inOffice((tx) => services.links.disputes.link(tx, user, { kind: "new-browser" }));
    const signIn = {
      id,
      ends: "rollback",
      first: "select from familiar_browsers where user_id = $1 for update",
      then: "update trusted_browsers set used_at = now() where user_id = $1",
    } as const;
    const met = await meeting(world.database, signIn, () =>
      services.links.disputes.use(link.split("/").at(-1) ?? "", VISITOR),
    );
    expect(met).to.deep.equal({ answer: "ended", other: null });
  });

  it("waits for it, and it not for the change: the method is removed", async () => {
    const { user } = await makeSmsUser(services);
    const { office } = user;
    await giveApp(services, user);
    await asOwner(
      world.database,
      `insert into sent_codes (home, office_id, user_id, kind, binding, purpose, sent_to, hash, sends, sent_at, resend_at, expires_at)
       values (home_of($1), $1, $2, 'sms', '\\x01', 'sign-in', '+31612345678', '\\x01', 1, now(), now(), now() + interval '5 minutes')`,
      [office.id, user.id],
    );
    const signIn = {
      id: user.id,
      ends: "rollback",
      first: "select from sent_codes where user_id = $1 for update",
      then: "update factors set used_at = now() where user_id = $1 and kind = 'sms'",
    } as const;
    const stored = await storedUser(services, user);
    const met = await meeting(world.database, signIn, () =>
      services.administration.factors.removeMethod(stored, {
        ...{ by: OPERATOR, reason: "lost" },
        removed: "sms",
      }),
    );
    expect(met).to.deep.equal({ answer: { type: "removed" }, other: null });
  });
});
