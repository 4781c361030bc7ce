import { expect } from "chai";
import { knownClient, registrationOf, takesPaths } from "../../../src/domain/applications/known-clients.ts";

const at = (name: string, address: string) =>
  registrationOf(knownClient(name) ?? expect.fail(`no client ${name}`), address);

/** What each client's documents and sources say of July to November 2026. */
describe("the table of widely used clients", () => {
  it("Nextcloud: has its addresses with and without index.php, and comes back to its first page after the sign-out", () => {
    const base = "https://cloud.example.com/nextcloud";
    expect(at("nextcloud", base)).to.deep.include({
      redirectUris: [`${base}/apps/user_oidc/code`, `${base}/index.php/apps/user_oidc/code`],
      postLogoutRedirectUris: [`${base}/`],
      backchannelLogoutUri: `${base}/index.php/apps/user_oidc/backchannel-logout/vestibule`,
      idTokenClaims: true,
    });
  });

  it("Argo CD: comes back to its address as it is written, and has to switch PKCE on", () => {
    expect(at("argocd", "https://argocd.example.com/base/")).to.deep.include({
      redirectUris: ["https://argocd.example.com/base/auth/callback"],
      postLogoutRedirectUris: ["https://argocd.example.com/base"],
      idTokenClaims: true,
    });
    expect(knownClient("argocd")?.note).to.contain("enablePKCEAuthentication: true");
  });

  it("Grafana: has to switch PKCE on, and needs an email address", () => {
    expect(knownClient("grafana")?.note).to.contain("use_pkce = true").and.contain("email_attribute_path");
  });

  it("dex: its ID token has a name", () => {
    expect(at("dex", "https://dex.example.com/dex")).to.deep.include({
      redirectUris: ["https://dex.example.com/dex/callback"],
      idTokenClaims: true,
    });
  });

  it("MCP: the port of the SDK's own example is there, on localhost", () => {
    const { redirectUris } = at("mcp", "https://ledger.example.com");
    expect(redirectUris).to.include.members(["http://127.0.0.1/callback", "http://localhost:8090/callback"]);
  });

  it("a single-page application may call from the origin of its address", () => {
    expect(at("oidc-client-ts", "https://app.example.com/spa/")).to.deep.include({
      corsOrigins: ["https://app.example.com"],
      postLogoutRedirectUris: ["https://app.example.com/spa/"],
    });
    expect(at("spring", "https://app.example.com")).to.not.have.property("corsOrigins");
  });

  it("takes addresses that paths can follow", () => {
    const good = ["https://a.example.com", "http://localhost:3000/base/", "https://a.example.com/b"];
    const bad = [
      "a.example.com",
      "https://a.example.com/?b",
      "https://a.example.com/#",
      "ftp://a/",
      "",
      "/b",
    ];
    expect([good, bad].map((all) => all.map(takesPaths))).to.deep.equal([
      good.map(() => true),
      bad.map(() => false),
    ]);
  });
});
