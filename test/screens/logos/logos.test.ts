import { expect } from "chai";
import { HOMES, homeOf, homeOfToken, tokenAt } from "../../../src/kernel/home.ts";
import { asOwner } from "../../support/database.ts";
import { JPEG, PNG, SVG, WEBP } from "../../support/images.ts";
import { giveLogo, makeOffice, TESTER } from "../../support/people.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

describe("the logo of an office", () => {
  const world = useVestibule({ office: { name: "Noord & Zonen" } });
  const fetchRaw = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${String(world.settings.port)}${path}`, { headers });

  it("T153 comes from our own origin with its type, and runs and loads nothing when it is opened by itself", async () => {
    const files = { png: PNG, jpeg: JPEG, webp: WEBP, "svg+xml": SVG };
    for (const [type, file] of Object.entries(files)) {
      const answer = await fetchRaw(await giveLogo(world.services, world.office, file));
      expect(answer.status, type).to.equal(200);
      expect(answer.headers.get("content-type")).to.equal(`image/${type}`);
      expect(answer.headers.get("content-security-policy")).to.equal("sandbox; default-src 'none'");
      expect(answer.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(answer.headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
      expect(answer.headers.get("set-cookie")).to.equal(null);
      expect(Buffer.from(await answer.arrayBuffer()).length).to.be.greaterThan(50);
    }
  });

  it("is not sent again to a browser that has it", async () => {
    const path = await giveLogo(world.services, world.office, PNG);
    const etag = (await fetchRaw(path)).headers.get("etag") ?? "";
    const again = await fetchRaw(path, { "If-None-Match": etag, "Cache-Control": "max-age=0" });
    expect([again.status, await again.text()]).to.deep.equal([304, ""]);
  });

  it("is the current one at the address of the one before, as in a mail of last week, for a few minutes", async () => {
    const before = await giveLogo(world.services, world.office, PNG);
    const path = await giveLogo(world.services, world.office, JPEG);
    expect(path).to.not.equal(before);
    const answer = await fetchRaw(before);
    expect(answer.headers.get("content-type")).to.equal("image/jpeg");
    expect(answer.headers.get("cache-control")).to.equal("public, max-age=300");
  });

  it("T153 is found by its address alone, which names no office and goes with the logo", async () => {
    const path = await giveLogo(world.services, world.office, PNG);
    const [, , token = "", mark = ""] = path.split("/");
    expect(token).to.match(/^[\w-]{22}$/);
    const codes = [world.office.code, world.office.id, "A".repeat(22), "%00", "..%2f.."];
    for (const other of codes) {
      expect((await fetchRaw(`/logos/${other}/${mark}`)).status, other).to.be.oneOf([400, 404]);
    }
    const office = (await world.services.offices.find(world.office.id)) ?? expect.fail();
    await world.services.administration.logos.remove(office, TESTER);
    expect((await fetchRaw(path)).status).to.equal(404);
    expect((await fetchRaw("/o/" + world.office.code)).status).to.equal(200);
  });

  it("is looked for at the home that its address carries, which is that of its office", async () => {
    const path = await giveLogo(world.services, world.office, PNG);
    const [, , token = ""] = path.split("/");
    expect(homeOfToken(token)).to.equal(homeOf(world.office.id));
    const elsewhere = tokenAt((homeOfToken(token) + 1) % HOMES).slice(0, 3) + token.slice(3);
    expect((await fetchRaw(path.replace(token, elsewhere))).status).to.equal(404);
  });

  it("T153 is written by its own office alone, and a draft is seen by no other", async () => {
    const other = await makeOffice(world.services, { name: "Zuid" });
    const store = world.services.stores.logos;
    const logo = { type: "png", width: 24, height: 12, mark: "A".repeat(10), content: PNG } as const;
    const at = new Date(Date.now());
    await world.services.database.inOffice(other.id, (tx) =>
      store.put(tx, other.id, { logo, token: null, at }),
    );
    await world.services.database.inOffice(world.office.id, async (tx) => {
      expect(await store.inOffice(tx, other.id, "draft")).to.equal(null);
      expect(await store.remove(tx, other.id, "draft")).to.equal(false);
    });
    const foreign = world.services.database.inOffice(world.office.id, (tx) =>
      store.put(tx, other.id, { logo, token: "B".repeat(22), at }),
    );
    expect(await foreign.catch((error: unknown) => String(error))).to.contain("row-level security");
    expect((await fetchRaw(`/logos/${"B".repeat(22)}/${"A".repeat(10)}.png`)).status).to.equal(404);
  });

  it("T153 of an earlier version at an address elsewhere is loaded by no page", async () => {
    const address = "https://brand.test/logo.png";
    await asOwner(world.database, "update offices set logo_url = $2 where id = $1", [
      world.office.id,
      address,
    ]);
    const page = await world.browser().get(`/o/${world.office.code}`);
    expect(page.body).to.contain("Noord &amp; Zonen").and.not.contain("brand.test");
    expect(String(page.headers["content-security-policy"])).to.not.contain("brand.test");
  });
});
