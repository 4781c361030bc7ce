import { expect } from "chai";
import { useInstallation } from "./installation.ts";

const WEB = ["app", "add", "--type", "web", "--name", "Ledger"];
const CALLBACK = "https://ledger.example.com/cb";

describe("a wrong address on the command line", () => {
  const here = useInstallation();

  it("T78 is refused with its option, itself, the rule and the nearest right one", async () => {
    for (const [option, typed, rule, nearest] of [
      ["--redirect-uri", "http://ledger.example.com/cb", "must start with https://", CALLBACK],
      ["--redirect-uri", `${CALLBACK}#top`, "must not have a fragment", CALLBACK],
      ["--redirect-uri", "ledger.example.com/cb", "is not a complete address", CALLBACK],
      ["--redirect-uri", ` ${CALLBACK}`, "contains a space", CALLBACK],
      ["--redirect-uri", "https://*.example.com/cb", "has a wildcard", null],
      ["--redirect-uri", "data:text/html,x", "must start with https://", null],
      ["--redirect-uri", "http://127.1:3000/", "not written as browsers write it", "http://127.0.0.1:3000/"],
      [
        "--post-logout-redirect-uri",
        "https://me@example.com/",
        "must not have a user name",
        "https://example.com/",
      ],
      ["--backchannel-logout-uri", "https://example.com./out", "dot at the end", "https://example.com/out"],
      ["--home-url", "https:\\\\example.com", "contains a space", "https://example.com"],
    ] as const) {
      const { code, error } = await here.run([...WEB, "--redirect-uri", CALLBACK, option, typed]);
      expect(code, typed).to.equal(1);
      expect(error, typed).to.contain(`${option}: ${typed} `).and.contain(rule);
      expect(error.includes("; the nearest is"), typed).to.equal(nearest !== null);
      expect(error, typed).to.contain(nearest === null ? "" : `; the nearest is ${nearest}`);
    }
  });

  it("is refused for a native application with a scheme that names its owner", async () => {
    const native = ["app", "add", "--type", "native", "--name", "Ledger", "--redirect-uri"];
    const { error } = await here.run([...native, "ledger://cb"]);
    expect(error).to.contain("needs a scheme with a dot").and.contain("com.example.ledger:/cb");
    const kubelogin = await here.ask([
      ...native,
      "http://localhost:8000",
      "--redirect-uri",
      "http://127.0.0.1",
    ]);
    expect(kubelogin["redirectUris"]).to.deep.equal(["http://localhost:8000/", "http://127.0.0.1/"]);
  });

  it("is none when it is only written differently, at registration and at a change", async () => {
    const added = await here.ask([...WEB, "--redirect-uri", "HTTPS://Ledger.example.com:443/cb"]);
    expect(added["redirectUris"]).to.deep.equal([CALLBACK]);
    const changed = await here.ask([
      ...["app", "edit", String(added["clientId"]), "--redirect-uri", "https://bücher.example"],
      ...[
        "--post-logout-redirect-uri",
        "https://LEDGER.example.com",
        "--home-url",
        "https://Ledger.example.com:443/",
      ],
    ]);
    expect(changed).to.deep.include({
      redirectUris: ["https://xn--bcher-kva.example/"],
      postLogoutRedirectUris: ["https://ledger.example.com/"],
      homeUrl: "https://ledger.example.com/",
    });
  });

  it("may be in a private network while the server is one for development", async () => {
    const address = "http://192.168.1.10:3000/cb";
    const added = await here.ask([...WEB, "--redirect-uri", address]);
    expect(added["redirectUris"]).to.deep.equal([address]);
  });
});
