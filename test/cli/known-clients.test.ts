import { expect } from "chai";
import { newApplicationSchema } from "../../src/domain/applications/application.ts";
import { KNOWN_CLIENTS, registrationOf } from "../../src/domain/applications/known-clients.ts";
import { useInstallation } from "./installation.ts";

describe("an application registered for a widely used client", () => {
  const here = useInstallation();
  const add = async (...words: string[]) => {
    const { clientId: id } = await here.ask(["app", "add", ...words]);
    return here.ask(["app", "show", String(id)]);
  };

  for (const client of KNOWN_CLIENTS) {
    it(`${client.name}: what the table says is a registration that nothing refuses`, () => {
      const fields = registrationOf(client, "https://app.example.com/base/");
      const needsAddress = client.type !== "machine" && fields["redirectUris"] === undefined;
      const chosen = needsAddress ? { redirectUris: ["https://app.example.com/cb"] } : {};
      const parsed = newApplicationSchema.safeParse({ name: client.title, ...fields, ...chosen });
      expect(parsed.error?.issues ?? []).to.deep.equal([]);
    });
  }

  it("gets addresses, algorithm and switches in one command", async () => {
    const spring = await add("--for", "spring", "--at", "https://ledger.example.com", "--first-party");
    expect(spring).to.deep.include({
      name: "Spring Security",
      type: "web",
      redirectUris: ["https://ledger.example.com/login/oauth2/code/vestibule"],
      postLogoutRedirectUris: ["https://ledger.example.com/"],
      backchannelLogoutUri: "https://ledger.example.com/logout/connect/back-channel/vestibule",
      idTokenAlgorithm: "RS256",
      firstParty: true,
    });
    const page = ["--at", "https://app.example.com", "--redirect-uri", "https://app.example.com/callback"];
    expect(await add("--for", "oidc-client-ts", ...page)).to.deep.include({
      type: "browser",
      redirectUris: ["https://app.example.com/callback"],
      postLogoutRedirectUris: ["https://app.example.com/"],
      corsOrigins: ["https://app.example.com"],
    });
    const kubelogin = await add("--for", "kubelogin");
    expect(kubelogin).to.include({ type: "native", idTokenClaims: true, deviceFlow: true });
    expect(kubelogin["redirectUris"]).to.include.members(["http://127.0.0.1/", "http://localhost:8000/"]);
  });

  it("lets every option of the command win", async () => {
    const words = ["--name", "Ours", "--redirect-uri", "https://ledger.example.com/other"];
    const own = await add("--for", "keycloak", "--at", "https://sso.example.com/realms/main", ...words);
    expect(own).to.deep.include({
      name: "Ours",
      redirectUris: ["https://ledger.example.com/other"],
      postLogoutRedirectUris: [
        "https://sso.example.com/realms/main/broker/vestibule/endpoint/logout_response",
      ],
    });
  });

  it("is refused with the address that is missing, and with the clients that are known", async () => {
    const refusal = async (...words: string[]) => {
      const { code, error } = await here.run(["app", "add", ...words]);
      expect(code, words.join(" ")).to.equal(1);
      return error;
    };
    expect(await refusal("--for", "spring"))
      .to.contain("--at")
      .and.contain("/login/oauth2/code/vestibule");
    expect(await refusal("--for", "winter"))
      .to.contain("kubelogin")
      .and.contain("grafana");
    expect(await refusal("--type", "web", "--name", "A", "--at", "https://a.example.com")).to.contain(
      "--for",
    );
    for (const at of ["ledger", "https://ledger.example.com/?a=1", "https://ledger.example.com/#a"]) {
      expect(await refusal("--for", "django", "--at", at)).to.contain("--at: must be a complete address");
    }
  });
});
