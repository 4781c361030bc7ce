import { expect } from "chai";
import { homeOf, idAt, tokenAt } from "../../../src/kernel/home.ts";
import { bindingOf } from "../../../src/domain/factors/sent-code.ts";
import type { StoredCode } from "../../../src/domain/factors/stored-code.ts";
import { randomToken } from "../../../src/kernel/random.ts";
import { asOwner } from "../../support/database.ts";
import { makeOfficeAt } from "../../support/homes.ts";
import {
  giveNumber,
  lastCode,
  otherThan,
  personOf,
  send,
  tryCode,
  VISITOR,
} from "../../support/mobile-numbers.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import { guardOf } from "../../support/second-factor.ts";
import { statementsOf } from "../../support/statements.ts";
import { HOUR } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";

const HOMES = { north: 4711, south: 12_345, unused: 32_000 };

describe("T87 what belongs to an office at another home", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  let northern: TestUser;
  let southern: TestUser;

  before(async () => {
    northern = await makeUser(services, await makeOfficeAt(services, HOMES.north));
    southern = await makeUser(services, await makeOfficeAt(services, HOMES.south));
  });

  /** What a query finds, and the statements that it took. */
  async function asked<T>(work: () => Promise<T>): Promise<{ found: T | undefined; statements: string[] }> {
    const kept: { found?: T } = {};
    const statements = await statementsOf(async () => {
      kept.found = await work();
    });
    return { found: kept.found, statements };
  }

  describe("a link", () => {
    const purpose = "password-reset";
    const make = async ({ id: userId, office }: TestUser) => {
      const link = { purpose, officeId: office.id, userId, at: new Date(Date.now()) } as const;
      return (
        await services.database.inOffice(office.id, (tx) => services.stores.links.make(tx, link))
      ).reveal();
    };
    /** The same random bytes behind the id of another office. */
    const movedTo = (officeId: string, token: string) =>
      Buffer.concat([
        Buffer.from(officeId.replaceAll("-", ""), "hex"),
        Buffer.from(token, "base64url").subarray(16),
      ]).toString("base64url");
    const find = (token: string) =>
      asked(() => services.stores.links.find({ purpose, token, now: new Date(Date.now()) }));
    const spend = (token: string, officeId: string) =>
      asked(() =>
        services.database.inOffice(officeId, (tx) =>
          services.stores.links.spend(tx, { purpose, token, now: new Date(Date.now()) }),
        ),
      );

    it("is not found with the office id changed, by one statement like any token that was never made", async () => {
      const token = await make(northern);
      const forged = [
        movedTo(southern.office.id, token),
        movedTo(idAt(HOMES.unused), token),
        movedTo(idAt(HOMES.north), token),
      ];
      for (const one of forged) {
        expect(await find(one)).to.deep.equal({ found: null, statements: ["one_time_link_find"] });
      }
      expect((await find(token)).found).to.deep.include({ userId: northern.id });
    });

    it("is not spent in a transaction of another office", async () => {
      const token = await make(northern);
      for (const one of [token, movedTo(southern.office.id, token)]) {
        expect(await spend(one, southern.office.id)).to.deep.equal({
          found: null,
          statements: ["one_time_link_spend"],
        });
      }
      expect((await spend(token, northern.office.id)).found).to.deep.include({ userId: northern.id });
    });
  });

  describe("a trusted browser", () => {
    const trusting = (user: TestUser, token: string) =>
      services.database.inOffice(user.office.id, (tx) =>
        services.stores.trustedBrowsers.add(tx, personOf(user), {
          ...{ id: idAt(homeOf(user.office.id)), token, device: {}, days: 14 },
          at: new Date(Date.now()),
        }),
      );
    const isTrusted = async (home: number, userId: string, token: string) => {
      const [row] = await services.database.query<{ trusted: boolean }>(
        { name: "test_is_trusted", text: "select is_browser_trusted($1, $2, $3, now()) as trusted" },
        [home, userId, services.stores.trustedBrowsers.hashes([token])],
      );
      return row?.trusted;
    };
    const usedAt = async (user: TestUser) => {
      const text = "select max(used_at)::text as used from trusted_browsers where user_id = $1";
      return (await asOwner<{ used: string }>(database, text, [user.id]))[0]?.used;
    };

    before(async () => {
      await asOwner(
        database,
        "update offices set trusted_browser_days = 14, trust_since = now() - interval '1 day' where id = any($1)",
        [[northern.office.id, southern.office.id]],
      );
    });

    it("is trusted for its own user alone, wherever another home is named", async () => {
      const token = tokenAt(HOMES.north);
      await trusting(northern, token);
      expect(await isTrusted(HOMES.north, northern.id, token)).to.equal(true);
      expect(await isTrusted(HOMES.south, southern.id, token), "another user").to.equal(false);
      expect(await isTrusted(HOMES.south, northern.id, token), "another home").to.equal(false);
      expect(await isTrusted(HOMES.north, southern.id, token), "another user at this home").to.equal(false);
      expect(await isTrusted(HOMES.unused, idAt(HOMES.unused), token), "an unknown user").to.equal(false);
    });

    /** Ends a sign-in that says it was spared its code by this trust. */
    const endWith = async (user: TestUser, token: string) => {
      const uid = randomToken();
      const { signIns, trustedBrowsers } = services.stores;
      const { id, officeId } = personOf(user);
      const proof = {
        type: "password-proved",
        officeId,
        userId: id,
        record: () => Promise.resolve(),
      } as const;
      await signIns.record(uid, proof, () => true);
      const [hash = Buffer.alloc(32), ...trusted] = trustedBrowsers.hashes([uid, token]);
      const at = new Date(Date.now());
      const { isFirst } = await services.database.inOffice(officeId, (tx) =>
        signIns.end(tx, uid, personOf(user), {
          ...{ trusted, applicationId: "app", visitor: VISITOR, methods: [], report: null },
          login: { accountId: user.id, amr: ["pwd"], acr: "urn:vestibule:acr:1", authTime: 0 },
          familiar: { hash, before: [], at, until: new Date(at.getTime() + HOUR), most: 20 },
        }),
      );
      expect(isFirst).to.equal(true);
    };

    it("is neither used nor ended by another office", async () => {
      const token = tokenAt(HOMES.north);
      await trusting(northern, token);
      const before = await usedAt(northern);
      await endWith(southern, token);
      for (const user of [personOf(southern), { ...personOf(northern), officeId: southern.office.id }]) {
        expect(
          await services.database.inOffice(southern.office.id, (tx) =>
            services.stores.trustedBrowsers.endAll(tx, user.id),
          ),
        ).to.equal(0);
      }
      expect(await usedAt(northern)).to.equal(before);
      await endWith(northern, token);
      expect(await usedAt(northern), "its own").to.not.equal(before);
    });
  });

  describe("a code by text message", () => {
    const slotOf = (binding: string) => bindingOf(services.hash, binding);
    /** What a code would be compared with, in the office of this user. */
    const storedFor = async ({ id, office }: TestUser, slot: Buffer): Promise<StoredCode> => {
      const text = "select stored_code($home, $1, 'sms', $2, now()) as stored";
      const [row] = await services.database.inOffice(office.id, (tx) =>
        tx.query<{ stored: StoredCode }>({ name: "test_stored_code", text }, [id, slot]),
      );
      return row?.stored ?? {};
    };

    it("is wrong for a user of another office, and costs that user the try", async () => {
      const number = await giveNumber(services, northern);
      await giveNumber(services, southern);
      const binding = "one sign-in";
      await send(services, northern, { number, binding });
      const code = await lastCode(database, number);
      const attempt = { type: "sms", binding } as const;
      expect(await tryCode(services, southern, { ...attempt, code })).to.equal("wrong");
      const stray = { ...northern, office: southern.office };
      const unknown = { ...southern, id: idAt(HOMES.south) };
      const found = await Promise.all(
        [southern, stray, unknown].map((user) => storedFor(user, slotOf(binding))),
      );
      expect(found.map(({ message }) => [message?.sent, message?.usedLast])).to.deep.equal([
        [null, null],
        [null, null],
        [null, null],
      ]);
      expect((await guardOf({ database }, southern)).failed_attempts).to.equal(1);
      expect((await guardOf({ database }, northern)).failed_attempts).to.equal(0);
      expect(await tryCode(services, northern, { ...attempt, code: otherThan(code) })).to.equal("wrong");
      expect(await tryCode(services, northern, { ...attempt, code })).to.equal("accepted");
    });

    it("is not found by its very slot at another home, and not spent there", async () => {
      const number = await giveNumber(services, northern);
      await send(services, northern, { number, binding: "another sign-in" });
      const [row] = await asOwner<{ hash: Buffer }>(
        database,
        "select hash from sent_codes where user_id = $1 order by sent_at desc limit 1",
        [northern.id],
      );
      const slot = slotOf("another sign-in");
      const stray = { ...northern, office: southern.office };
      expect((await storedFor(stray, slot)).message?.sent).to.equal(null);
      const code = {
        kind: "sms",
        slot: slot.toString("hex"),
        hash: row?.hash.toString("hex") ?? "",
      } as const;
      const spendAs = (user: TestUser) =>
        services.database.inOffice(user.office.id, (tx) =>
          services.secondFactor.guard.spend(tx, personOf(user), { code, at: new Date(Date.now()) }),
        );
      expect(await spendAs(stray)).to.equal(null);
      expect((await storedFor(northern, slot)).message?.sent?.to).to.equal(number);
      expect(await spendAs(northern)).to.equal(0);
    });
  });
});
