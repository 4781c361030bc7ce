import { expect } from "chai";
import { WaitingApprovals } from "../../src/domain/access/waiting-approvals.ts";
import { aroundMethod } from "../support/around-method.ts";
import { makeActor } from "../support/actors.ts";
import { apiClient, type ApiClient } from "../support/api-client.ts";
import { atConsole, makeStaff, supportOffice } from "../support/console.ts";
import { MAKE, twoPeople, type Place } from "../support/two-people.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** More than a page of the console has. */
const COUNT = 53;

interface Listed {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
}

describe("more changes for two people than a page has", function () {
  this.timeout(60_000);
  const world = useVestibule();
  let place: Place;
  const ids: string[] = [];

  before(async () => {
    const people = twoPeople(world);
    place = await people.placeWith("one");
    const by = await makeActor(world.services, place.office, "support");
    for (let made = 0; made < COUNT; made += 1) {
      const user = await world.makeUser({}, place.office);
      ids.push((await people.requested(place, user, { asked: MAKE, by })).id);
    }
  });

  const pagesOf = async (api: ApiClient, path: string, size: number): Promise<readonly Listed[]> => {
    const pages: Listed[] = [];
    let next: string | null = "";
    while (next !== null) {
      const after = next === "" ? "" : `&after=${encodeURIComponent(next)}`;
      const { status, body } = await api.get(`${path}?size=${String(size)}${after}`);
      expect(status).to.equal(200);
      const page = body as unknown as Listed;
      pages.push(page);
      next = page.next;
    }
    return pages;
  };

  it("T228 are listed page by page, each once and the oldest first, of an office and of all", async () => {
    const path = `/offices/${place.office.id}/approvals`;
    const [own, platform] = [await apiClient(world, place.office), await apiClient(world, null)];
    for (const [api, address] of [
      [own, path],
      [platform, "/approvals"],
    ] as const) {
      const pages = await pagesOf(api, address, 20);
      expect(pages.map(({ items }) => items.length)).to.deep.equal([20, 20, 13]);
      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).to.have.members(ids);
    }
    const [first] = await pagesOf(own, path, 20);
    const elsewhere = await platform.get(`/approvals?after=${encodeURIComponent(first?.next ?? "")}`);
    expect(elsewhere.status).to.equal(400);
  });

  it("T228 can be refused wherever they are, so that none hides behind a hundred others", async () => {
    const api = await apiClient(world, place.office);
    const path = `/offices/${place.office.id}/approvals`;
    const last = (await pagesOf(api, path, 20)).at(-1)?.items.at(-1)?.id ?? "";
    expect((await api.post(`${path}/${last}/refuse`)).status).to.equal(204);
    expect((await api.post(`${path}/${last}/refuse`)).status).to.equal(404);
  });

  it("T228 are counted for the platform's overview, which says where there are more than it has counted", async () => {
    const { waiting } = world.services.administration.approvals;
    const some = await waiting.oldest(20);
    expect([some.items.length, some.hasMore]).to.deep.equal([20, true]);
    const all = await waiting.oldest();
    expect([all.items.length, all.hasMore]).to.deep.equal([COUNT - 1, false]);
    const staff = await makeStaff(world.services, await supportOffice(world.services), { role: "support" });
    const { browser } = await atConsole(world, staff);
    const restore = aroundMethod(WaitingApprovals, "oldest", () => Promise.resolve(some));
    try {
      expect((await browser.get("/console/overview")).body).to.contain("At least 20 requests are waiting");
    } finally {
      restore();
    }
    const { body } = await browser.get("/console/overview");
    expect(body).to.contain(`>${String(COUNT - 1)} requests are waiting`);
  });

  it("T228 are on pages of the console, too, and at their user", async () => {
    const staff = await makeStaff(world.services, place.office, { role: "superuser" });
    const { browser } = await atConsole(world, staff);
    const path = `/console/o/${place.office.code}/approvals`;
    const seen: number[] = [];
    let next: string | null = path;
    while (next !== null) {
      const page = await browser.get(next);
      expect(page.status).to.equal(200);
      seen.push(page.body.split('/approval"').length - 1);
      const found = /href="([^"]+)" rel="next"/.exec(page.body)?.[1];
      next = found === undefined ? null : found.replaceAll("&amp;", "&");
    }
    expect(seen).to.deep.equal([50, 2]);
  });
});
