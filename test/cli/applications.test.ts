import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { jwksOf, makeKeys } from "../support/key-client.ts";
import { useInstallation } from "./installation.ts";

const WEB = ["app", "add", "--type", "web", "--name", "Ledger"];
const CALLBACK = "https://ledger.example.com/callback";

describe("applications on the command line", () => {
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord & Zonen"]);
  });

  it("are printed with what their developer needs: client id, secret, issuer, discovery", async () => {
    const { out } = await here.run([...WEB, "--redirect-uri", CALLBACK]);
    const issuer = `http://localhost:${here.environment["PORT"] ?? ""}`;
    expect(out)
      .to.match(/Client id +app_[\w-]{20}\n/)
      .and.match(/Client secret +[\w-]{43} /);
    expect(out).to.contain(issuer).and.contain(`${issuer}/.well-known/openid-configuration`);
  });

  it("are printed with their secret once; afterwards nothing here knows it", async () => {
    const { clientId, clientSecret } = await here.ask([...WEB, "--redirect-uri", CALLBACK]);
    const shown = await here.run(["app", "show", String(clientId), "--json"]);
    expect(shown.out).to.not.contain(String(clientSecret)).and.not.contain("secretHash");
    const rows = await asOwner(here.database, "select * from applications where id = $1", [clientId]);
    expect(JSON.stringify(rows)).to.not.contain(String(clientSecret));
  });

  it("may ask for tokens from where they run, when they are single-page applications, unless other origins are named", async () => {
    const browser = ["app", "add", "--type", "browser", "--name", "SPA"];
    const uris = [
      "https://spa.example.com/back",
      "https://spa.example.com/",
      "http://localhost:8082/",
    ].flatMap((uri) => ["--redirect-uri", uri]);
    const origins = async (...more: string[]) =>
      (await here.ask([...browser, ...uris, ...more]))["corsOrigins"];
    expect(await origins()).to.deep.equal(["https://spa.example.com", "http://localhost:8082"]);
    expect(await origins("--cors-origin", "none")).to.deep.equal([]);
    expect(await origins("--cors-origin", "https://other.example.com")).to.deep.equal([
      "https://other.example.com",
    ]);
    expect((await here.ask([...WEB, "--redirect-uri", CALLBACK]))["corsOrigins"]).to.deep.equal([]);
  });

  it("have no secret when they are public", async () => {
    const native = await here.ask([
      "app",
      "add",
      "--type",
      "native",
      "--name",
      "M",
      "--redirect-uri",
      "com.example.ledger:/cb",
    ]);
    expect(native).to.not.have.property("clientSecret");
    const { code, error } = await here.run(["app", "rotate-secret", String(native["clientId"])]);
    expect(code).to.equal(1);
    expect(error).to.contain("is a native application: it has no secret");
  });

  it("get a new secret, which replaces the old one", async () => {
    const { clientId, clientSecret } = await here.ask([...WEB, "--redirect-uri", CALLBACK]);
    const rotated = await here.ask(["app", "rotate-secret", String(clientId)]);
    expect(rotated["clientSecret"]).to.be.a("string").and.not.equal(clientSecret);
  });

  it("keep the old secret for as long as is said, and show until when", async () => {
    const { clientId } = await here.ask([...WEB, "--redirect-uri", CALLBACK]);
    const rotated = await here.ask(["app", "rotate-secret", String(clientId), "--overlap-hours", "24"]);
    expect(rotated["clientSecret"]).to.be.a("string");
    const shown = await here.run(["app", "show", String(clientId)]);
    expect(shown.out).to.match(/Old secret +taken until \d{4}-/);
    for (const verb of [["show", String(clientId)], ["list"]]) {
      const { out } = await here.run(["app", ...verb, "--json"]);
      expect(out).to.not.contain('"hash"').and.not.contain("secretHash").and.not.contain('"oldSecret"');
    }
    await here.ask(["app", "rotate-secret", String(clientId)]);
    expect((await here.run(["app", "show", String(clientId)])).out).to.not.contain("Old secret");
    for (const hours of ["-1", "169", "1.5", "soon"]) {
      const { code, error } = await here.run([
        ...["app", "rotate-secret", String(clientId), `--overlap-hours=${hours}`],
      ]);
      expect([code, error.includes("--overlap-hours must be")], hours).to.deep.equal([1, true]);
    }
  });

  it("prove themselves with keys, be strict, and be resource servers", async () => {
    const file = join(here.directory, "keys.json");
    writeFileSync(file, JSON.stringify(jwksOf(await makeKeys())));
    const strict = await here.ask([...WEB, "--redirect-uri", CALLBACK, "--fapi", "--jwks", file]);
    expect(strict).to.include({ authentication: "private_key_jwt", fapi: true, idTokenAlgorithm: "ES256" });
    expect(strict).to.not.have.property("clientSecret");
    const { error } = await here.run(["app", "rotate-secret", String(strict["clientId"])]);
    expect(error).to.contain("proves itself with a key of its own");
    const server = await here.ask([
      ...["app", "add", "--type", "machine", "--name", "Invoices"],
      ...["--resource-identifier", "https://invoices.example", "--resource-scopes", "read,write"],
    ]);
    expect(server).to.deep.include({ resourceScopes: ["read", "write"], resourceTokens: "jwt" });
    const changed = await here.ask([
      ...[
        "app",
        "edit",
        String(server["clientId"]),
        "--resource-tokens",
        "opaque",
        "--resource-scopes",
        "none",
      ],
    ]);
    expect(changed).to.deep.include({ resourceScopes: [], resourceTokens: "opaque" });
  });

  it("are reported with what is wrong with keys and numbers", async () => {
    const base = [...WEB, "--redirect-uri", CALLBACK];
    expect((await here.run([...base, "--jwks", "/nowhere.json"])).error).to.contain("cannot be read");
    const { error } = await here.run([
      ...base,
      ...["--authentication", "private_key_jwt", "--refresh-grace-seconds", "61"],
      ...["--id-token-algorithm", "none", "--json"],
    ]);
    const { faults } = JSON.parse(error) as { faults: { option: string }[] };
    expect(faults.map(({ option }) => option)).to.include.members([
      "--refresh-grace-seconds",
      "--id-token-algorithm",
    ]);
  });

  it("get RS256, also those from before algorithms could be chosen", async () => {
    const { clientId } = await here.ask([...WEB, "--redirect-uri", CALLBACK]);
    expect(await here.ask(["app", "show", String(clientId)])).to.include({ idTokenAlgorithm: "RS256" });
    await asOwner(
      here.database,
      "update applications set settings = settings - 'idTokenAlgorithm' where id = $1",
      [clientId],
    );
    expect(await here.ask(["app", "show", String(clientId)])).to.include({ idTokenAlgorithm: "RS256" });
    const edited = await here.ask(["app", "edit", String(clientId), "--name", "Older ledger"]);
    expect(edited, "after a change of something else").to.include({ idTokenAlgorithm: "RS256" });
  });

  it("take several addresses", async () => {
    const other = "https://test.ledger.example.com/callback";
    const added = await here.ask([...WEB, "--redirect-uri", CALLBACK, "--redirect-uri", other]);
    expect(added["redirectUris"]).to.deep.equal([CALLBACK, other]);
  });

  it("are reported with every fault at once, each with its option", async () => {
    const { error } = await here.run([
      ...["app", "add", "--type", "web", "--redirect-uri", "http://ledger.example.com/"],
      ...[
        "--cors-origin",
        "https://ledger.example.com",
        "--logo-url",
        "logo.png",
        "--scopes",
        "openid,admin",
        "--json",
      ],
    ]);
    const { faults } = JSON.parse(error) as { faults: { option: string }[] };
    expect(faults.map(({ option }) => option)).to.have.members([
      "--name",
      "--redirect-uri",
      "--cors-origin",
      "--logo-url",
      "--scopes",
    ]);
  });

  it("T109 leave in the audit log what was changed, before and after, each switch by its name", async () => {
    const { clientId } = await here.ask([
      ...["app", "add", "--type", "native", "--name", "Television", "--claims", "name,office"],
      ...["--redirect-uri", "com.example.tv:/cb"],
    ]);
    const id = String(clientId);
    await here.ask(["app", "edit", id, "--device-flow"]);
    await here.ask(["app", "edit", id, "--no-device-flow", "--claims", "name", "--name", "Big television"]);
    const keys = join(here.directory, "signing.json");
    writeFileSync(keys, JSON.stringify(jwksOf(await makeKeys())));
    const { clientId: web } = await here.ask([...WEB, "--redirect-uri", CALLBACK]);
    await here.ask(["app", "edit", String(web), "--signed-requests", "--pairwise", "--jwks", keys]);
    const events = await asOwner<{ details: Record<string, unknown> }>(
      here.database,
      "select details from audit_events where subject = any($1) and type like 'application.%' order by id",
      [[id, web]],
    );
    const [added, edited, again, , signed] = events.map(({ details }) => details);
    expect(added).to.include({ applicationType: "native", claims: "name office" });
    expect(edited).to.include({ deviceFlow: "false → true" }).and.not.have.any.keys("claims", "redirectUris");
    expect(again).to.include({
      deviceFlow: "true → false",
      claims: "name office → name",
      name: "Television → Big television",
    });
    expect(signed).to.include({ signedRequests: "false → true", pairwise: "false → true" });
    expect(signed?.["jwks"]).to.match(/^– → \{"keys"/);
  });

  it("keep what an edit does not name", async () => {
    const { clientId } = await here.ask([
      ...WEB,
      "--redirect-uri",
      CALLBACK,
      "--first-party",
      "--scopes",
      "openid profile",
    ]);
    const changed = await here.ask([
      "app",
      "edit",
      String(clientId),
      "--name",
      "Big ledger",
      "--home-url",
      CALLBACK,
    ]);
    expect(changed).to.deep.include({
      name: "Big ledger",
      firstParty: true,
      scopes: ["openid", "profile"],
      homeUrl: CALLBACK,
    });
    const again = await here.ask(["app", "edit", String(clientId), "--home-url", "none", "--no-first-party"]);
    expect(again).to.deep.include({ redirectUris: [CALLBACK], firstParty: false, homeUrl: null });
  });

  it("do without PKCE only as an exception that the audit log holds", async () => {
    const { clientId } = await here.ask([...WEB, "--redirect-uri", CALLBACK, "--without-pkce"]);
    const [event] = await asOwner<{ actor: string; without: string }>(
      here.database,
      "select actor, details->>'withoutPkce' as without from audit_events where subject = $1",
      [clientId],
    );
    expect(event).to.deep.equal({ actor: "command line", without: "true" });
    expect(await here.ask(["app", "edit", String(clientId), "--with-pkce"])).to.include({
      withoutPkce: false,
    });
  });

  it("can belong to one office, and are listed by it", async () => {
    const { clientId } = await here.ask([...WEB, "--redirect-uri", CALLBACK, "--office", "noord"]);
    const { out } = await here.run(["app", "list", "--office", "NOORD"]);
    expect(out.trim().split("\n")).to.have.length(2);
    expect(out).to.contain(String(clientId));
  });

  it("are answered with what to do when the id is unknown", async () => {
    const { code, error } = await here.run(["app", "show", "app_nobody"]);
    expect(code).to.equal(1);
    expect(error).to.equal(
      'There is no application app_nobody. "npx vestibule app list" shows all of them.\n',
    );
  });
});
