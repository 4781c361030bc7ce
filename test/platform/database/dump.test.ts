import { createHash, createHmac } from "node:crypto";
import { expect } from "chai";
import { SecretBox, Secret } from "../../../src/kernel/secret.ts";
import { dumpOf } from "../../support/dump.ts";
import type { HttpBrowser } from "../../support/http-browser.ts";
import { PASSWORD } from "../../support/people.ts";
import { postAs } from "../../support/program.ts";
import { follow, openSignIn, redeem, sendPassword } from "../../support/relying-party.ts";
import { refresh, tokensOf } from "../../support/tokens.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("a copy of the database", () => {
  const vestibule = useVestibule({ user: {}, application: {} });
  let dump: ReadonlyMap<string, string>;
  const secrets = new Map<string, string>();

  before(async () => {
    await leaveTraces();
    dump = await dumpOf(vestibule.database);
  });

  /** One of everything that is kept: a sign-in that waits, one that is finished, codes and tokens spent and unspent. */
  async function leaveTraces(): Promise<void> {
    await vestibule.makeApplication({ idTokenAlgorithm: "ES256" });
    const browser = vestibule.browser();
    const request = vestibule.request();
    const redirect = await vestibule.signIn(browser, request);
    secrets.set("spent code", redirect.searchParams.get("code") ?? "");
    const tokens = tokensOf(await redeem(browser, vestibule.application, { redirect, request }));
    const rotated = tokensOf(await refresh(browser, vestibule.application, tokens.refresh));
    const second = vestibule.request();
    const unspent = new URL((await browser.get(second.url)).location);
    secrets.set("unspent code", unspent.searchParams.get("code") ?? "");
    for (const [which, { access, refresh, id }] of Object.entries({ first: tokens, rotated })) {
      secrets.set(`${which} access token`, access);
      secrets.set(`${which} refresh token`, refresh);
      secrets.set(`${which} ID token`, id);
    }
    noteCookies(browser);
    await waitingSignIns();
    await pushedRequest();
    secrets.set("client secret", vestibule.application.secret ?? "");
    secrets.set("password", PASSWORD);
    vestibule.services.secrets.dataKeys.forEach((key) => secrets.set("data key", key.reveal()));
    vestibule.services.secrets.cookieKeys.forEach((key) => secrets.set("cookie key", key.reveal()));
    secrets.set("pepper", vestibule.services.secrets.pepper.reveal());
  }

  function noteCookies(browser: HttpBrowser): void {
    for (const pair of browser.cookiesFor("/").split("; ")) {
      const [name = "", value = ""] = pair.split("=");
      if (/session|browser/.test(name)) {
        secrets.set(`cookie ${name}`, value);
      }
    }
  }

  async function waitingSignIns(): Promise<void> {
    const request = vestibule.request();
    const waiting = vestibule.browser();
    const page = await openSignIn(waiting, request);
    secrets.set("uid of a waiting sign-in", uidOf(page.url));
    const typed = { officeCode: vestibule.user.office.code, username: vestibule.user.username };
    await sendPassword(waiting, page, { ...typed, password: "marker of a wrong password" });
    secrets.set("wrong password", "marker of a wrong password");
    const proved = vestibule.browser();
    const provedPage = await openSignIn(proved, vestibule.request());
    secrets.set("uid of a proved sign-in", uidOf(provedPage.url));
    await sendPassword(proved, provedPage, { ...typed, password: PASSWORD });
    const again = vestibule.browser();
    await vestibule.signIn(again, request);
    const renewed = vestibule.request({ prompt: "login" });
    const renewing = await follow(again, await again.get(renewed.url));
    secrets.set("uid of a renewed sign-in", uidOf(renewing.url));
    secrets.set("session of a renewed sign-in", /session=([^;]+)/.exec(again.cookiesFor("/"))?.[1] ?? "");
  }

  async function pushedRequest(): Promise<void> {
    const { searchParams } = new URL(vestibule.request().url);
    const answer = await postAs(vestibule.browser(), vestibule.application, {
      url: "/par",
      fields: Object.fromEntries(searchParams),
    });
    const { request_uri: uri } = JSON.parse(answer.body) as { request_uri: string };
    secrets.set("pushed request", uri.split(":").at(-1) ?? "");
  }

  it("T113 holds nothing that opens anything: no code, token, cookie, password or secret", () => {
    expect([...secrets].filter(([, secret]) => secret.length < 12)).to.be.empty;
    expect(secrets.size).to.be.above(15);
    const found = [...secrets].flatMap(([what, secret]) =>
      [...dump]
        .filter(([, rows]) => writingsOf(secret).some((writing) => rows.includes(writing)))
        .map(([table]) => `${what} in ${table}`),
    );
    expect(found).to.be.empty;
  });

  it("T113 holds no hash either that could be made without the installation's own key", () => {
    const found = [...secrets].flatMap(([what, secret]) =>
      [...dump]
        .filter(([, rows]) => hashesOf(secret).some((hash) => rows.includes(hash)))
        .map(([table]) => `${what} in ${table}`),
    );
    expect(found).to.be.empty;
  });

  it("T113 was looked through in all tables that hold something of a user", () => {
    const filled = [...dump].filter(([, rows]) => rows !== "").map(([table]) => table);
    expect(filled).to.include.members([
      "applications",
      "audit_events",
      "oidc_models",
      "familiar_browsers",
      "installation",
      "offices",
      "rate_limits",
      "sign_ins",
      "signing_keys",
      "users",
    ]);
  });

  it("T113 opens no signing key without the key from the secrets file", async () => {
    const jwks = await vestibule.services.signingKeys.load();
    expect(jwks.map(({ jwk }) => jwk.alg)).to.include.members(["ES256", "RS256"]);
    const privateMembers = ["d", "p", "q", "dp", "dq", "qi"] as const;
    const parts = jwks.flatMap(({ jwk }) => privateMembers.map((member) => jwk[member]));
    const written = parts.filter((part) => typeof part === "string");
    expect(written).to.have.length.above(6);
    const everything = [...dump.values()].join("\n");
    written.forEach((part) => expect(everything).to.not.contain(part));
    const sealed = /\\x([0-9a-f]{200,})/.exec(dump.get("signing_keys") ?? "")?.[1] ?? "";
    const stranger = new SecretBox([new Secret("A".repeat(43))]);
    expect(() => stranger.open(Buffer.from(sealed, "hex"), "signing key")).to.throw("No key");
  });

  it("T113 opens no signing key under another key's name, and none that was altered", async () => {
    const rows = await dumpOfKeys();
    const box = new SecretBox(vestibule.services.secrets.dataKeys);
    const [one, other] = rows;
    expect(box.open(one?.sealed ?? Buffer.alloc(0), `signing key ${one?.id ?? ""}`)).to.contain('"d"');
    expect(() => box.open(one?.sealed ?? Buffer.alloc(0), `signing key ${other?.id ?? ""}`)).to.throw();
    const altered = Buffer.from(one?.sealed ?? Buffer.alloc(0));
    altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);
    expect(() => box.open(altered, `signing key ${one?.id ?? ""}`)).to.throw();
  });

  it("T113 gives no way in to an attacker who plants its content as a cookie, code or token", async () => {
    const rows = [...dump.values()].join("\n");
    const values = new Set(rows.match(/[\w-]{40,}/g) ?? []);
    expect(values.size).to.be.above(10);
    for (const value of [...values].slice(0, 60)) {
      for (const grant of [
        { grant_type: "refresh_token", refresh_token: value },
        {
          grant_type: "authorization_code",
          code: value,
          redirect_uri: vestibule.application.redirectUri,
          code_verifier: "x".repeat(43),
        },
      ]) {
        const answer = await postAs(vestibule.browser(), vestibule.application, {
          url: "/token",
          fields: grant,
        });
        expect(answer.body, value).to.contain("invalid_grant");
      }
    }
  });

  const dumpOfKeys = () =>
    vestibule.services.database.query<{ id: string; sealed: Buffer }>({
      name: "keys_of_dump",
      text: "select id, sealed_private_jwk as sealed from signing_keys order by id",
    });
});

const uidOf = (url: string): string => /\/interaction\/([^/?]+)/.exec(url)?.[1] ?? "";

/** A secret in every writing that a row may have. */
function writingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const decoded = /^[\w-]{20,}$/.test(secret) ? [Buffer.from(secret, "base64url").toString("hex")] : [];
  return [secret, bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url"), ...decoded];
}

/** Hashes that need no secret. */
function hashesOf(secret: string): string[] {
  const plain = ["md5", "sha1", "sha256", "sha512"].map((name) => createHash(name).update(secret).digest());
  const keyed = ["", "vestibule"].map((key) => createHmac("sha256", key).update(secret).digest());
  return [...plain, ...keyed].flatMap((hash) => [hash.toString("hex"), hash.toString("base64url")]);
}
