import { expect } from "chai";
import { OidcModelStore } from "../../../src/protocol/models/oidc-model-store.ts";
import { KIND, type RowKey } from "../../../src/protocol/models/oidc-model.ts";
import { UnitOfWork } from "../../../src/protocol/models/unit-of-work.ts";
import { startServices } from "../../support/vestibule.ts";

describe("what one request writes of oidc-provider's models", () => {
  let store: OidcModelStore;
  let stop: () => Promise<void>;
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const session: RowKey = { home: 0, kind: KIND.Session, id: "aa01" };

  before(async () => {
    const started = await startServices();
    store = new OidcModelStore(started.services.database, 1_000);
    stop = () => started.stop();
  });
  after(() => stop());

  const save = (work: UnitOfWork, key: RowKey, payload: Record<string, unknown>) => {
    work.save({ ...key, payload, expiresAt: inAnHour(), exists: work.peek(key) !== null });
  };

  it("does not bring a session back that was ended meanwhile", async () => {
    const first = new UnitOfWork(store);
    save(first, session, { uid: "u1" });
    await first.commit();
    const slow = new UnitOfWork(store);
    await slow.find(session);
    const signOut = new UnitOfWork(store);
    signOut.destroy(session);
    await signOut.commit();
    save(slow, session, { uid: "u1" });
    expect(await slow.commit()).to.equal(true);
    expect(await store.find(session)).to.equal(null);
  });

  it("keeps the applications that two requests bring into one session at once", async () => {
    const key: RowKey = { home: 0, kind: KIND.Session, id: "aa02" };
    const first = new UnitOfWork(store);
    save(first, key, { uid: "u2" });
    await first.commit();
    const [one, other] = [new UnitOfWork(store), new UnitOfWork(store)];
    await Promise.all([one.find(key), other.find(key)]);
    save(one, key, { uid: "u2", authorizations: { app_one: { sid: "1" } } });
    save(other, key, { uid: "u2", authorizations: { app_other: { sid: "2" } } });
    await Promise.all([one.commit(), other.commit()]);
    const found = await store.find(key);
    expect(found?.payload["authorizations"]).to.have.keys("app_one", "app_other");
  });

  it("stores nothing new when a code was spent meanwhile, and ends its family", async () => {
    const grant: RowKey = { home: 0, kind: KIND.Grant, id: Buffer.from("grant-1").toString("hex") };
    const code: RowKey = { home: 0, kind: KIND.AuthorizationCode, id: "aa03" };
    const token: RowKey = { home: 0, kind: KIND.AccessToken, id: "aa04" };
    const begun = new UnitOfWork(store);
    save(begun, grant, { jti: "grant-1" });
    save(begun, code, { grantId: "grant-1" });
    await begun.commit();
    const redeem = async (id: string) => {
      const work = new UnitOfWork(store);
      await work.find(code);
      work.consume(code);
      save(work, { ...token, id }, { grantId: "grant-1" });
      return work.commit();
    };
    const outcomes = await Promise.all(["bb01", "bb02", "bb03"].map(redeem));
    expect(outcomes.filter((isStored) => isStored)).to.have.lengthOf(1);
    for (const key of [
      grant,
      code,
      { ...token, id: "bb01" },
      { ...token, id: "bb02" },
      { ...token, id: "bb03" },
    ]) {
      expect(await store.find(key), key.id).to.equal(null);
    }
  });

  it("refuses a one-time id that two requests bring at once", async () => {
    const proof: RowKey = { home: 0, kind: KIND.ReplayDetection, id: "aa05" };
    const present = () => {
      const work = new UnitOfWork(store);
      save(work, proof, { iss: "app" });
      return work.commit();
    };
    const outcomes = await Promise.all([present(), present(), present()]);
    expect(outcomes.filter((isStored) => isStored)).to.have.lengthOf(1);
  });

  it("is refused alone when it is stored together with others", async () => {
    const token = (id: string): RowKey => ({ home: 0, kind: KIND.ReplayDetection, id });
    const brought = ["bb01", "bb02", "bb01", "bb03"].map((id) => {
      const work = new UnitOfWork(store);
      save(work, token(id), { id });
      return work.commit();
    });
    const ends = await Promise.all(brought);
    expect(ends.filter((isStored) => isStored)).to.have.lengthOf(3);
    expect([ends[1], ends[3]]).to.deep.equal([true, true]);
    expect(await Promise.all(["bb01", "bb02", "bb03"].map((id) => store.find(token(id))))).to.not.include(
      null,
    );
  });

  it("is found by each of many who ask at the same moment, also by those who ask for nothing", async () => {
    const key: RowKey = { home: 0, kind: KIND.Session, id: "aa09" };
    const work = new UnitOfWork(store);
    save(work, key, { uid: "u9" });
    await work.commit();
    const asked = [key, { ...key, id: "aa10" }, { ...key, kind: KIND.AccessToken }, key];
    const found = await Promise.all(asked.map((one) => store.find(one)));
    expect(found.map((model) => model?.payload["uid"])).to.deep.equal(["u9", undefined, undefined, "u9"]);
    expect(found[0]).to.not.equal(found[3]);
  });

  describe("is stored with what other requests write at the same moment", () => {
    const token = (id: string): RowKey => ({ home: 0, kind: KIND.RefreshToken, id });
    const refresh = (spent: string, fresh: string): UnitOfWork => {
      const work = new UnitOfWork(store);
      work.consume(token(spent));
      save(work, token(fresh), { id: fresh });
      return work;
    };
    const added = async (...ids: string[]) => {
      const work = new UnitOfWork(store);
      ids.forEach((id) => {
        save(work, token(id), { id });
      });
      await work.commit();
    };
    const areThere = async (...ids: string[]) =>
      (await Promise.all(ids.map((id) => store.find(token(id))))).map((model) => model !== null);

    it("each by what it spends itself: one that comes too late does not keep the others from theirs", async () => {
      await added("cc01", "cc02", "cc03");
      await refresh("cc02", "cc10").commit();
      const works = [refresh("cc01", "cc11"), refresh("cc02", "cc12"), refresh("cc03", "cc13")];
      expect(await Promise.all(works.map((work) => work.commit()))).to.deep.equal([true, false, true]);
      expect(await areThere("cc11", "cc12", "cc13")).to.deep.equal([true, false, true]);
    });

    it("and one that needs a row of another waits for it", async () => {
      await added("cc21", "cc22");
      const works = [refresh("cc21", "cc31"), refresh("cc21", "cc32"), refresh("cc22", "cc33")];
      const ends = await Promise.all(works.map((work) => work.commit()));
      expect(ends).to.deep.equal([true, false, true]);
      expect(await areThere("cc31", "cc32", "cc33")).to.deep.equal([true, false, true]);
    });

    it("with sessions, sign-outs and ended grants among them", async () => {
      const key = (id: string): RowKey => ({ home: 0, kind: KIND.Session, id });
      const begun = new UnitOfWork(store);
      save(begun, key("dd01"), { uid: "d1" });
      save(begun, key("dd02"), { uid: "d2" });
      save(begun, token("dd03"), { grantId: "AAA-grant-d" });
      await begun.commit();
      const [changing, ending, revoking, adding] = [1, 2, 3, 4].map(() => new UnitOfWork(store));
      await changing?.find(key("dd01"));
      save(changing ?? begun, key("dd01"), { uid: "d1", loginTs: 7 });
      ending?.destroy(key("dd02"));
      revoking?.revokeGrant("AAA-grant-d");
      save(adding ?? begun, token("dd04"), { id: "dd04" });
      const works = [changing, ending, revoking, adding].flatMap((work) => work ?? []);
      const ends = await Promise.all(works.map((work) => work.commit()));
      expect(ends).to.deep.equal([true, true, true, true]);
      expect((await store.find(key("dd01")))?.payload).to.include({ loginTs: 7 });
      expect(await store.find(key("dd02"))).to.equal(null);
      expect(await areThere("dd03", "dd04")).to.deep.equal([false, true]);
    });
  });
});
