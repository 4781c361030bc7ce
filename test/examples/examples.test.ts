import { expect } from "chai";
import { startExample, type Example } from "../support/example.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { makeApplication } from "../support/people.ts";
import { follow, formAction, hiddenField, sendPassword } from "../support/relying-party.ts";
import { freePort } from "../support/free-port.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const RESOURCE = "https://invoices.example";

describe("the examples", () => {
  const vestibule = useVestibule({ user: {} });
  let started: Example[];
  beforeEach(() => {
    started = [];
  });
  afterEach(() => Promise.all(started.map((example) => example.stop())));

  const run = (file: string, settings: Readonly<Record<string, string>>) => {
    const example = startExample(file, { ISSUER: vestibule.issuer, ...settings });
    started.push(example);
    return example;
  };

  /** Signs in where an application has sent the browser; answers the way back to it. */
  async function signInAt(browser: HttpBrowser, address: string): Promise<string> {
    const page = await follow(browser, await browser.get(address));
    const { username, password, office } = vestibule.user;
    const sent = await sendPassword(browser, page, { officeCode: office.code, username, password });
    const after = await follow(browser, sent);
    if (after.location !== "") {
      return after.location;
    }
    // A native application has its people confirm.
    const fields = { _csrf: hiddenField(after, "_csrf"), decision: "allow" };
    return (await follow(browser, await browser.post(formAction(after), fields))).location;
  }

  it("web: signs in, says hello, and signs out", async () => {
    const port = await freePort();
    const here = `http://localhost:${String(port)}`;
    const { id, secret } = await makeApplication(vestibule.services, {
      redirectUris: [`${here}/callback`],
      postLogoutRedirectUris: [`${here}/`],
    });
    const example = run("web.ts", { CLIENT_ID: id, CLIENT_SECRET: secret ?? "", PORT: String(port) });
    await example.says(/^open /m);
    const site = new HttpBrowser(here, port);
    expect((await site.get("/")).body).to.contain("You are not signed in");
    const person = vestibule.browser();
    const away = await site.get("/sign-in");
    const back = await signInAt(person, away.location);
    expect((await site.get(back)).location).to.equal(`${here}/`);
    expect((await site.get("/")).body).to.equal("Hello Sanne Bakker");
    const stranger = await new HttpBrowser(here, port).get(back);
    expect(stranger.status, "another browser with the same answer").to.equal(500);
    const leaving = await site.get("/sign-out");
    expect(leaving.location).to.contain("/sign-out?").and.contain("id_token_hint");
    expect((await site.get("/")).body).to.contain("You are not signed in");
  });

  it("native: waits on this computer for the answer and says hello", async () => {
    const { id } = await makeApplication(vestibule.services, {
      type: "native",
      redirectUris: ["http://127.0.0.1/callback"],
    });
    const example = run("native.ts", { CLIENT_ID: id });
    const [, address = ""] = await example.says(/^open (\S+)$/m);
    const person = vestibule.browser();
    const back = await signInAt(person, address);
    expect(back).to.match(/^http:\/\/127\.0\.0\.1:\d+\/callback\?/);
    expect(await (await fetch(back)).text()).to.contain("You can close this page");
    await example.says(/^Hello Sanne Bakker$/m);
    expect(await example.ended()).to.equal(0);
  });

  it("machine and resource server: a token opens what it is for, and nothing else does", async () => {
    const port = await freePort();
    const nobody = { type: "machine", redirectUris: [], firstParty: false };
    await makeApplication(vestibule.services, {
      ...nobody,
      resourceIdentifier: RESOURCE,
      resourceScopes: ["invoices:read"],
    });
    const { id, secret } = await makeApplication(vestibule.services, { ...nobody, resources: [RESOURCE] });
    const server = run("resource-server.ts", { RESOURCE, PORT: String(port) });
    await server.says(/^listening/m);
    const API = `http://127.0.0.1:${String(port)}/invoices`;
    const machine = run("machine.ts", { CLIENT_ID: id, CLIENT_SECRET: secret ?? "", RESOURCE, API });
    await machine.says(/^200 \[\{"number":1/m);
    for (const authorization of ["", "Bearer x.y.z", "Bearer x", "Basic abc"]) {
      const { status } = await fetch(API, { headers: { authorization } });
      expect(status, authorization).to.equal(401);
    }
  });
});
