import { createHash } from "node:crypto";
import { expect } from "chai";
import { UserCodeGuard } from "../../src/domain/applications/user-code-guard.ts";
import type { Database } from "../../src/platform/database/database.ts";
import { createAdapter } from "../../src/protocol/models/adapter.ts";
import { OidcModelStore } from "../../src/protocol/models/oidc-model-store.ts";
import { KIND } from "../../src/protocol/models/oidc-model.ts";
import { plainId, UnitOfWork } from "../../src/protocol/models/unit-of-work.ts";
import { RateLimitStore } from "../../src/platform/limits/rate-limit-store.ts";
import { asOwner } from "../support/database.ts";
import type { HttpBrowser } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import { authorizationRequest, basic, openSignIn, redeem } from "../support/relying-party.ts";
import { MINUTE, SECOND, travel } from "../support/time.ts";
import { tokensOf } from "../support/tokens.ts";
import { useVestibule } from "../support/use-vestibule.ts";

describe("oidc-provider's models in PostgreSQL", () => {
  const vestibule = useVestibule({ user: {}, application: {} });
  let store: OidcModelStore;

  before(() => {
    const { services } = vestibule;
    store = new OidcModelStore(services.database, 1_000);
  });

  const adapterOf = (model: string) =>
    createAdapter({
      store,
      applications: vestibule.services.applications,
      hash: vestibule.services.hash,
      userCodes: new UserCodeGuard({
        store: new RateLimitStore(vestibule.services.database),
        hash: vestibule.services.hash,
        owed: vestibule.services.owed,
        audit: vestibule.services.audit,
      }),
      keys: { know: () => Promise.resolve() },
      hasDeviceFlow: false,
    })(model);

  const query = <Row>(text: string, values: unknown[] = []) => asOwner<Row>(vestibule.database, text, values);

  it("T113 keeps every code, token, cookie and address of a sign-in as a keyed hash alone", async () => {
    const browser = vestibule.browser();
    const waiting = vestibule.request({ state: "state-of-the-test" });
    const uid = (await openSignIn(browser, waiting)).url.split("/").at(-1) ?? "";
    const request = vestibule.request();
    const redirect = await vestibule.signIn(browser, request);
    const tokens = tokensOf(await redeem(browser, vestibule.application, { redirect, request }));
    const session = /vestibule-session=([^;]+)/.exec(browser.cookiesFor("/"))?.[1] ?? "";
    const pushed = await push(browser);
    const secrets = {
      uid,
      session,
      pushed,
      code: redirect.searchParams.get("code") ?? "",
      access: tokens.access,
      refresh: tokens.refresh,
      "application's secret": vestibule.application.secret ?? "",
      password: vestibule.user.password,
    };
    const content = await wholeDatabase();
    expect(content, "what is no secret").to.contain("state-of-the-test").and.contain(vestibule.user.id);
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret, name).to.have.length.above(15);
      for (const form of formsOf(secret)) {
        expect(content.includes(form), `${name} as ${form}`).to.equal(false);
      }
    }
    for (const secret of [uid, session, pushed, tokens.access, tokens.refresh]) {
      const id = vestibule.services.hash(`oidc ${secret}`);
      expect(await query("select 1 from oidc_models where id = $1", [id])).to.have.lengthOf(1);
    }
  });

  it("finds an interaction again with its way back, which no row holds", async () => {
    const adapter = adapterOf("Interaction");
    const uid = "uid-of-the-test-0123456789";
    const payload = { returnTo: `${vestibule.issuer}/authorize/${uid}`, params: { scope: "openid" } };
    await adapter.upsert(uid, { jti: uid, kind: "Interaction", ...payload }, 60);
    expect(await adapter.find(uid)).to.deep.include({ jti: uid, ...payload });
    expect(await adapter.find("another")).to.equal(undefined);
  });

  it("spends a code once when 50 requests bring it at the same moment, and then ends its family", async () => {
    const { code, grantId } = await storeFamily();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const work = new UnitOfWork(store);
        work.consume(code);
        const token = { home: 0, kind: KIND.AccessToken, id: `cc${index.toString(16).padStart(4, "0")}` };
        const expiresAt = new Date(Date.now() + MINUTE);
        work.save({ ...token, payload: { grantId }, expiresAt, exists: false });
        return work.commit();
      }),
    );
    expect(outcomes.filter((isFirst) => isFirst)).to.have.lengthOf(1);
    expect(await query("select 1 from oidc_models where grant_id = $1", [grantId])).to.be.empty;
    expect(await adapterOf("Grant").find(grantId)).to.equal(undefined);
  });

  it("ends a family in one statement, and no other family", async () => {
    const gone = await storeFamily();
    const kept = await storeFamily();
    const sent: string[] = [];
    const counting: Database = {
      ...vestibule.services.database,
      query: (statement, values) => {
        sent.push(statement.name);
        return vestibule.services.database.query(statement, values);
      },
    };
    await new OidcModelStore(counting, 1_000).revokeFamilies([gone.code]);
    expect(sent).to.have.lengthOf(1);
    const left = await query("select 1 from oidc_models where grant_id = $1", [gone.grantId]);
    expect(left).to.be.empty;
    expect(await adapterOf("Grant").find(gone.grantId)).to.equal(undefined);
    expect(await adapterOf("Grant").find(kept.grantId)).to.not.equal(undefined);
    expect(await query("select 1 from oidc_models where grant_id = $1", [kept.grantId])).to.have.lengthOf(3);
  });

  it("finds no code and no token whose grant is gone, even where a row was left", async () => {
    const { grantId } = await storeFamily();
    const id = `AAA-orphan-${grantId}`;
    await adapterOf("AccessToken").upsert(id, { jti: id, kind: "AccessToken", grantId }, 60);
    expect(await adapterOf("AccessToken").find(id)).to.include({ jti: id, grantId });
    await adapterOf("Grant").destroy(grantId);
    expect(await adapterOf("AccessToken").find(id)).to.equal(undefined);
  });

  it("writes a session that is only read once a minute at most, and one that changes at once", async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    const first = await savedAt(browser);
    const silent = vestibule.request({ prompt: "none" });
    for (let time = 0; time < 3; time += 1) {
      travel(15 * SECOND);
      expect((await browser.get(silent.url)).location).to.contain("code=");
    }
    expect(await savedAt(browser), "45 seconds later").to.equal(first);
    const other = await makeApplication(vestibule.services);
    await browser.get(authorizationRequest(vestibule.issuer, other, { prompt: "none" }).url);
    const changed = await savedAt(browser);
    expect(changed, "with another application").to.be.above(first);
    travel(61 * SECOND);
    await browser.get(silent.url);
    expect(await savedAt(browser), "a minute later").to.be.above(changed);
  });

  it("lets a session that is used go on, although it is seldom written", async () => {
    const browser = vestibule.browser();
    await vestibule.signIn(browser);
    const silent = vestibule.request({ prompt: "none" });
    for (let time = 0; time < 4; time += 1) {
      travel(50 * MINUTE);
      expect((await browser.get(silent.url)).location, `${String(50 * (time + 1))} minutes`).to.contain(
        "code=",
      );
    }
  });

  it("finds a session by its uid, and none by another", async () => {
    const adapter = adapterOf("Session");
    const payload = { kind: "Session", uid: "session-uid-1", jti: "session-cookie-1" };
    await adapter.upsert("session-cookie-1", payload, 60);
    const found = await adapter.findByUid("session-uid-1");
    expect(found).to.include({ uid: "session-uid-1" }).and.not.have.property("jti");
    expect(await adapter.findByUid("session-uid-2")).to.equal(undefined);
    await adapter.destroy("session-cookie-1");
    expect(await adapter.findByUid("session-uid-1")).to.equal(undefined);
  });

  it("removes what has ended in batches, the oldest first, and nothing that lives", async () => {
    await query("delete from oidc_models");
    await query(
      `insert into oidc_models (home, kind, id, payload, saved_at, expires_at)
       select n, 4, decode(lpad(to_hex(n), 4, '0'), 'hex'), '{}', now(), now() + (n - 26) * interval '1 minute'
       from generate_series(1, 30) n`,
    );
    const left = async () => (await query<{ n: number }>("select count(*)::int as n from oidc_models"))[0]?.n;
    await store.purge(10);
    expect(await left()).to.equal(20);
    const [oldest] = await query<{ id: string }>(
      "select encode(id, 'hex') as id from oidc_models order by id",
    );
    expect(oldest?.id).to.equal("000b");
    await store.purge(10);
    await store.purge(10);
    await store.purge(10);
    expect(await left(), "the five that live or end this minute").to.be.within(4, 5);
  });

  it("refuses to change an application, and to keep a model that nobody knows", async () => {
    const clients = adapterOf("Client");
    expect(await clients.find(vestibule.application.id)).to.include({ client_id: vestibule.application.id });
    const refused = await clients.upsert(vestibule.application.id, {}, 60)?.then(
      () => "changed",
      (error: unknown) => String(error),
    );
    expect(refused).to.contain("their own service");
    expect(() => adapterOf("Surprise")).to.throw("Surprise");
  });

  let families = 0;

  /** A grant with a code and two tokens. */
  async function storeFamily() {
    families += 1;
    // At home 0, as the rows.
    const grantId = `AAA-grant-of-the-test-${String(families)}`;
    const expiresAt = new Date(Date.now() + MINUTE);
    const work = new UnitOfWork(store);
    const idOf = (name: string) => vestibule.services.hash(`${name} ${grantId}`).toString("hex");
    const code = { home: 0, kind: KIND.AuthorizationCode, id: idOf("code") };
    const grant = { home: 0, kind: KIND.Grant, id: plainId(grantId) };
    work.save({ ...grant, payload: { jti: grantId }, expiresAt, exists: false });
    for (const row of [
      code,
      { home: 0, kind: KIND.AccessToken, id: idOf("access") },
      { home: 0, kind: KIND.RefreshToken, id: idOf("refresh") },
    ]) {
      work.save({ ...row, payload: { grantId }, expiresAt, exists: false });
    }
    await work.commit();
    return { code, grantId };
  }

  async function savedAt(browser: HttpBrowser): Promise<number> {
    const cookie = /vestibule-session=([^;]+)/.exec(browser.cookiesFor("/"))?.[1] ?? "";
    const id = vestibule.services.hash(`oidc ${cookie}`);
    const [row] = await query<{ saved_at: Date }>("select saved_at from oidc_models where id = $1", [id]);
    return row?.saved_at.getTime() ?? 0;
  }

  /** Pushes an authorization request; answers the secret part of its name. */
  async function push(browser: HttpBrowser): Promise<string> {
    const { url } = vestibule.request();
    const { body } = await browser.send("/par", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        authorization: basic(vestibule.application.id, vestibule.application.secret ?? ""),
      },
      body: new URL(url).searchParams.toString(),
    });
    const { request_uri: name } = JSON.parse(body) as { request_uri: string };
    return name.split(":").at(-1) ?? "";
  }

  async function wholeDatabase(): Promise<string> {
    const tables = await query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public'",
    );
    const contents = await Promise.all(
      tables.map(({ name }) => query<{ text: string }>(`select t::text as text from ${name} t`)),
    );
    return contents
      .flat()
      .map(({ text }) => text)
      .join("\n");
  }
});

/** A value as it could stand in a dump: itself, encoded, or under a hash without a key. */
function formsOf(secret: string): string[] {
  const digests = ["sha256", "sha1", "md5"].flatMap((name) => [
    createHash(name).update(secret).digest("hex"),
    createHash(name).update(secret).digest("base64url"),
  ]);
  return [secret, Buffer.from(secret).toString("hex"), Buffer.from(secret).toString("base64url"), ...digests];
}
