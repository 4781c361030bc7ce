import { expect } from "chai";
import { makeApplication, type TestApplication } from "../support/people.ts";
import { authorizationRequest, redeem, signIn } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";
import { useResource } from "../support/suite-resource.ts";

/** Every way in which an address may look like `https://app.test/cb` and is not. */
const VARIANTS = [
  "https://app.test/cb/",
  "https://app.test/cb//",
  "https://app.test//cb",
  "https://app.test/CB",
  "https://app.test/./cb",
  "https://app.test/a/../cb",
  "https://app.test/cb/../cb",
  "https://app.test/cb/..",
  "https://app.test/%2e%2e/cb",
  "https://app.test/cb%2f",
  "https://app.test%2fcb",
  "https://app.test/%63b",
  "https://app.test/cb?",
  "https://app.test/cb?x=1",
  "https://app.test/cb#",
  "https://app.test/cb#x",
  "https://app.test/cb;x",
  "https://app.test/cb%00",
  "https://app.test/cb%0d%0aSet-Cookie:x=1",
  "https://app.test/cb ",
  " https://app.test/cb",
  "https://user@app.test/cb",
  "https://app.test@evil.test/cb",
  "https://app.test:8443/cb",
  "https://app.test./cb",
  "https://app.test.evil.test/cb",
  "https://evil.app.test/cb",
  "https://evil.test/https://app.test/cb",
  "https://evil.test\\@app.test/cb",
  "https:\\\\app.test\\cb",
  "https://app.test\\cb",
  "https:/app.test/cb",
  "https:app.test/cb",
  "//app.test/cb",
  "app.test/cb",
  "/cb",
  "http://app.test/cb",
  "http://app.test:443/cb",
  "https://app.test:80/cb",
  "https://ａｐｐ.test/cb",
  "https://a%70p.test/cb",
  "https://app\u00ad.test/cb",
  "https://app。test/cb",
  "https://аpp.test/cb", // the first letter is Cyrillic
  "https://*.test/cb",
  "https://app.test/*",
  "javascript:alert(1)",
  "javascript://app.test/cb",
  "data:text/html,https://app.test/cb",
  "",
];

describe("the address that an answer goes to", () => {
  const vestibule = useVestibule({ user: {} });
  const web = useResource(() => makeApplication(vestibule.services));
  const native = useResource(() =>
    makeApplication(vestibule.services, {
      type: "native",
      redirectUris: ["http://127.0.0.1/cb", "http://[::1]/cb", "com.example.ledger:/cb"],
    }),
  );

  const ask = async (application: TestApplication, redirectUri: string, browser = vestibule.browser()) => {
    const request = authorizationRequest(vestibule.issuer, application, { redirect_uri: redirectUri });
    const { status, location, body } = await browser.get(request.url);
    return { status, location, body };
  };

  const expectLocalPage = (answer: { status: number; location: string; body: string }, label: string) => {
    expect([answer.status, answer.location], label).to.deep.equal([400, ""]);
    expect(answer.body, label).to.match(/We cannot send you back|Invalid request/);
    expect(answer.body, label).to.not.match(/(href|src|action)="(?!\/|https:\/\/app\.test\/")/);
  };

  it("T77 takes the registered address", async () => {
    expect((await ask(web, "https://app.test/cb")).location).to.contain("/interaction/");
  });

  it(`T77 takes none of ${String(VARIANTS.length)} that look like it`, async () => {
    for (const variant of VARIANTS) {
      expectLocalPage(await ask(web, variant), variant);
    }
  });

  it("T77 takes none of them either when the browser has a session, where a code would follow at once", async () => {
    const browser = vestibule.browser();
    await signIn(browser, authorizationRequest(vestibule.issuer, web), vestibule.user);
    for (const variant of VARIANTS) {
      expectLocalPage(await ask(web, variant, browser), variant);
    }
  });

  it("T77 refuses the address twice, and as a list", async () => {
    const { url } = authorizationRequest(vestibule.issuer, web);
    const twice = ["https://app.test/cb", "https://evil.test/cb"].flatMap((other) => [
      `${url}&redirect_uri=${encodeURIComponent(other)}`,
      url.replace("redirect_uri=", `redirect_uri=${encodeURIComponent(other)}&redirect_uri=`),
      url.replace("redirect_uri=", "redirect_uri[]="),
    ]);
    for (const address of twice) {
      expectLocalPage(await vestibule.browser().get(address), address);
    }
  });

  it("T77 refuses none at all", async () => {
    const request = authorizationRequest(vestibule.issuer, web, { redirect_uri: null });
    expectLocalPage(await vestibule.browser().get(request.url), "none");
  });

  it("T77 refuses another application's address", async () => {
    await makeApplication(vestibule.services, { redirectUris: ["https://other.test/cb"] });
    expectLocalPage(await ask(web, "https://other.test/cb"), "https://other.test/cb");
  });

  it("T79 gives a native application its code on any port of this computer", async () => {
    for (const redirectUri of [
      "http://127.0.0.1:49152/cb",
      "http://127.0.0.1:1/cb",
      "http://127.0.0.1/cb",
      "http://[::1]:50000/cb",
      "com.example.ledger:/cb",
    ]) {
      const browser = vestibule.browser();
      const request = authorizationRequest(vestibule.issuer, native, { redirect_uri: redirectUri });
      const redirect = await vestibule.signIn(browser, request);
      expect(redirect.href.startsWith(`${redirectUri}?code=`), redirectUri).to.equal(true);
      const { status } = await redeem(browser, { ...native, redirectUri }, { redirect, request });
      expect(status, redirectUri).to.equal(200);
    }
  });

  it("T79 takes no other name, path or scheme for a native application", async () => {
    for (const variant of [
      "http://localhost:49152/cb",
      "http://127.0.0.1:49152/other",
      "http://127.0.0.1:49152/cb/",
      "http://127.0.0.1:49152/cb?x=1",
      "http://127.0.0.1:port/cb",
      "http://127.0.0.1:49152@evil.test/cb",
      "http://evil.test@127.0.0.1:49152/cb",
      "http://127.0.0.1.evil.test:49152/cb",
      "http://127.0.0.2:49152/cb",
      "http://127.1:49152/cb",
      "http://0.0.0.0:49152/cb",
      "http://[::]:49152/cb",
      "http://[0:0:0:0:0:0:0:1]:49152/cb",
      "https://127.0.0.1:49152/cb",
      "com.example.ledger:/other",
      "com.example.ledger://cb",
      "com.example.other:/cb",
      "com.example.ledger:/CB",
    ]) {
      expectLocalPage(await ask(native, variant), variant);
    }
  });

  it("T79 keeps a web application to its own port", async () => {
    const local = await makeApplication(vestibule.services, { redirectUris: ["http://127.0.0.1:3000/cb"] });
    expect((await ask(local, "http://127.0.0.1:3000/cb")).location).to.contain("/interaction/");
    expectLocalPage(await ask(local, "http://127.0.0.1:3001/cb"), "port is different");
  });

  it("T79 wants PKCE of a native application", async () => {
    const changes = {
      redirect_uri: "com.example.ledger:/cb",
      code_challenge: null,
      code_challenge_method: null,
    };
    const { location } = await vestibule
      .browser()
      .get(authorizationRequest(vestibule.issuer, native, changes).url);
    expect(location).to.match(/^com\.example\.ledger:\/cb\?error=invalid_request/);
  });
});
