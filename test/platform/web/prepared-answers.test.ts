import { expect } from "chai";
import { microCache } from "../../../src/platform/web/micro-cache.middleware.ts";
import type { Context } from "../../../src/platform/web/context.ts";
import { type Page } from "../../support/http-browser.ts";
import { eventually } from "../../support/eventually.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const DOCUMENTS = ["/.well-known/openid-configuration", "/jwks"];

describe("documents that are the same for every client", () => {
  const vestibule = useVestibule();

  const ask = (path: string, headers: Record<string, string> = {}) =>
    vestibule.browser().get(path, { headers });
  /** What every answer has anew is left out. */
  const lasting = ({ status, body, headers: { date, ...headers } }: Page) => {
    expect(date).to.be.a("string");
    const policy = String(headers["content-security-policy"]).replace(/nonce-[\w-]+/, "nonce");
    return { status, body, headers: { ...headers, "x-request-id": "", "content-security-policy": policy } };
  };

  for (const path of DOCUMENTS) {
    it(`${path} is the same when it is given again`, async () => {
      const [first, second] = [await ask(path), await ask(path)];
      expect(first.status).to.equal(200);
      expect(lasting(second)).to.deep.equal(lasting(first));
      expect(second.headers["x-request-id"]).to.not.equal(first.headers["x-request-id"]);
      expect(second.headers["access-control-allow-origin"]).to.equal("*");
    });

    it(`${path} still names the origin of a script, and has no cookie`, async () => {
      await ask(path);
      const other = await ask(path, { origin: "https://spa.test" });
      expect(other.headers["access-control-allow-origin"]).to.equal("https://spa.test");
      expect((await ask(path)).headers["access-control-allow-origin"]).to.equal("*");
      expect((await ask(`${path}?lang=nl`)).status).to.equal(200);
      expect((await ask(path)).headers["set-cookie"]).to.equal(undefined);
    });
  }

  it("publishes a new key soon", async () => {
    const before = (await ask("/jwks")).body;
    await vestibule.services.signingKeys.rotate(() => Promise.resolve(), 60);
    const after = await eventually(
      async () => (await ask("/jwks")).body,
      (body) => body !== before,
    );
    const kids = (body: string) =>
      (JSON.parse(body) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    expect(kids(after)).to.include.members(kids(before));
  });

  it("are asked for anew after a second, and never kept when they failed", async () => {
    let now = 0;
    let asked = 0;
    const serve = microCache(["/jwks"], { now: () => now });
    const get = async (status: number) => {
      const ctx = {
        method: "GET",
        path: "/jwks",
        search: "",
        status,
        body: undefined as unknown,
        response: { headers: {} },
        get: () => "",
        set: () => undefined,
      };
      await serve(ctx as unknown as Context, () => {
        asked += 1;
        ctx.body = { asked };
        return Promise.resolve();
      });
      return String(ctx.body instanceof Buffer ? ctx.body : JSON.stringify(ctx.body));
    };
    await get(503);
    expect(await get(200)).to.equal('{"asked":2}');
    now = 999;
    expect(await get(200)).to.equal('{"asked":2}');
    now = 1_000;
    expect(await get(200)).to.equal('{"asked":3}');
  });
});
