import { expect } from "chai";
import { EngineStore, KIND, type RowKey } from "../../src/oidc/engine-store.ts";
import { UnitOfWork } from "../../src/oidc/unit-of-work.ts";
import { startServices } from "../support/vestibule.ts";

describe("what one request writes of oidc-provider's models", () => {
  let store: EngineStore;
  let stop: () => Promise<void>;
  const now = () => new Date();
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const session: RowKey = { kind: KIND.Session, id: "aa01" };

  before(async () => {
    const started = await startServices();
    store = new EngineStore(started.services.database);
    stop = () => started.stop();
  });
  after(() => stop());

  const save = (work: UnitOfWork, key: RowKey, payload: Record<string, unknown>) => {
    work.save({ ...key, payload, expiresAt: inAnHour(), exists: work.peek(key) !== null });
  };

  it("does not bring a session back that was ended meanwhile", async () => {
    const first = new UnitOfWork(store, now);
    save(first, session, { uid: "u1" });
    await first.commit();
    const slow = new UnitOfWork(store, now);
    await slow.find(session);
    const signOut = new UnitOfWork(store, now);
    signOut.destroy(session);
    await signOut.commit();
    save(slow, session, { uid: "u1" });
    expect(await slow.commit()).to.equal(true);
    expect(await store.find(session)).to.equal(null);
  });

  it("keeps the applications that two requests bring into one session at once", async () => {
    const key: RowKey = { kind: KIND.Session, id: "aa02" };
    const first = new UnitOfWork(store, now);
    save(first, key, { uid: "u2" });
    await first.commit();
    const [one, other] = [new UnitOfWork(store, now), new UnitOfWork(store, now)];
    await Promise.all([one.find(key), other.find(key)]);
    save(one, key, { uid: "u2", authorizations: { app_one: { sid: "1" } } });
    save(other, key, { uid: "u2", authorizations: { app_other: { sid: "2" } } });
    await Promise.all([one.commit(), other.commit()]);
    const found = await store.find(key);
    expect(found?.payload["authorizations"]).to.have.keys("app_one", "app_other");
  });

  it("stores nothing new when a code was spent meanwhile, and ends its family", async () => {
    const grant: RowKey = { kind: KIND.Grant, id: Buffer.from("grant-1").toString("hex") };
    const code: RowKey = { kind: KIND.AuthorizationCode, id: "aa03" };
    const token: RowKey = { kind: KIND.AccessToken, id: "aa04" };
    const begun = new UnitOfWork(store, now);
    save(begun, grant, { jti: "grant-1" });
    save(begun, code, { grantId: "grant-1" });
    await begun.commit();
    const redeem = async (id: string) => {
      const work = new UnitOfWork(store, now);
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
    const proof: RowKey = { kind: KIND.ReplayDetection, id: "aa05" };
    const present = () => {
      const work = new UnitOfWork(store, now);
      save(work, proof, { iss: "app" });
      return work.commit();
    };
    const outcomes = await Promise.all([present(), present(), present()]);
    expect(outcomes.filter((isStored) => isStored)).to.have.lengthOf(1);
  });
});
