import { expect } from "chai";
import { localDay, startOfDay, timeZoneOf } from "../../src/kernel/time-zone.ts";
import { expectOn, openAccount, send } from "../support/account.ts";
import { atConsole, makeStaff, type Staff } from "../support/console.ts";
import { asOwner } from "../support/database.ts";
import type { HttpBrowser, Page } from "../support/http-browser.ts";
import { makeUser } from "../support/people.ts";
import { follow } from "../support/relying-party.ts";
import { useVestibule } from "../support/use-vestibule.ts";

/** 5 hours and 45 minutes before UTC: a time that was not converted differs in its minutes too. */
const KATHMANDU = "Asia/Kathmandu";

/** What a reader sees of a page. */
const visible = ({ body }: Page): string =>
  body
    .replaceAll(/<(script|style|select)\b.*?<\/\1>/gs, " ")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");

const clockIn = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(
    at,
  );

/** The minutes from some before a moment until now, as a clock in a zone shows them. */
function minutesSince(start: number, timeZone: string): string[] {
  const minutes = [];
  for (let at = start - 3 * 60_000; at < Date.now() + 60_000; at += 60_000) {
    minutes.push(clockIn(new Date(at), timeZone));
  }
  return minutes;
}

/** Every page that links of a site lead to. */
async function crawl(browser: HttpBrowser, start: string): Promise<Page[]> {
  const found = new Map<string, Page>();
  const waiting = [start];
  for (let next = waiting.shift(); next !== undefined && found.size < 90; next = waiting.shift()) {
    if (found.has(next)) continue;
    const page = await follow(browser, await browser.get(next));
    found.set(next, page);
    const links = [...page.body.matchAll(/href="(\/(?:account|console)[^"?#]*)/g)].map(([, to = ""]) => to);
    waiting.push(...links.filter((to) => !found.has(to)));
  }
  return [...found.values()].filter(({ status }) => status === 200);
}

describe("times on pages", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ office: {}, application: {} });
  const { services } = vestibule;
  const start = Date.now();

  const setZone = (table: "users" | "offices", id: string, zone: string | null) =>
    asOwner(vestibule.database, `update ${table} set time_zone = $2 where id = $1`, [id, zone]);

  async function superuser(zone: string | null): Promise<{ staff: Staff; browser: HttpBrowser }> {
    const staff = await makeStaff(services, vestibule.office, { role: "superuser" });
    await setZone("users", staff.user.id, zone);
    return { staff, ...(await atConsole(vestibule, staff)) };
  }

  it("are never raw and never UTC on any page of the console and the account for a reader elsewhere", async () => {
    const { browser } = await superuser(KATHMANDU);
    // Its settings name its zone.
    await setZone("offices", vestibule.office.id, "Europe/Amsterdam");
    try {
      await expectLocalTimes(browser);
    } finally {
      await setZone("offices", vestibule.office.id, null);
    }
  });

  async function expectLocalTimes(browser: HttpBrowser): Promise<void> {
    const pages = [...(await crawl(browser, "/console")), ...(await crawl(browser, "/account"))];
    expect(pages.length).to.be.greaterThan(30);
    const utc = new Set(minutesSince(start, "UTC"));
    const local = new Set(minutesSince(start, KATHMANDU));
    let shown = 0;
    for (const page of pages) {
      // The charts of the overview count whole days, which are those of UTC, and say so.
      const text = visible(page).replaceAll("Day (UTC)", "");
      expect(text, page.url).to.not.match(/\d{4}-\d\d-\d\d[T ]\d\d:|\bUTC\b|\bGMT\b/);
      for (const [clock] of text.matchAll(/\b\d\d:\d\d\b/g)) {
        expect(utc.has(clock), `${page.url} shows ${clock}`).to.equal(false);
        shown += local.has(clock) ? 1 : 0;
      }
    }
    expect(shown, "times that are right").to.be.greaterThan(10);
  }

  it("are in the zone that the reader chose, then in the browser's, then in the office's, then in the installation's", async () => {
    const { staff, browser } = await superuser(null);
    const shown = async (cookie?: string) => {
      const headers =
        cookie === undefined ? {} : { cookie: `${browser.cookiesFor("/account")}; vestibule-zone=${cookie}` };
      const text = visible(await browser.get("/account/sessions", { headers }));
      const zones = ["UTC", "America/New_York", "Asia/Tokyo", KATHMANDU];
      return zones.find((zone) => minutesSince(start, zone).some((clock) => text.includes(clock)));
    };
    expect(await shown()).to.equal("UTC");
    await setZone("offices", vestibule.office.id, "America/New_York");
    expect(await shown()).to.equal("America/New_York");
    expect(await shown("Asia/Tokyo")).to.equal("Asia/Tokyo");
    await setZone("users", staff.user.id, KATHMANDU);
    expect(await shown("Asia/Tokyo")).to.equal(KATHMANDU);
    await setZone("offices", vestibule.office.id, null);
  });

  it("carry the name of their zone only where it is not the reader's own", async () => {
    const { browser } = await superuser(null);
    expect(visible(await browser.get("/account/sessions"))).to.match(/\d\d:\d\d UTC/);
    const headers = { cookie: `${browser.cookiesFor("/account")}; vestibule-zone=Asia/Tokyo` };
    expect(visible(await browser.get("/account/sessions", { headers }))).to.not.match(/\d\d:\d\d (UTC|GMT)/);
  });

  it("T154 takes no zone from a cookie that is none, and shows nothing of it", async () => {
    const { browser } = await superuser(null);
    for (const said of ["<script>", "+02:00", "Europe/../etc", "x".repeat(4000), "Mars/Olympus", "%27"]) {
      const headers = { cookie: `${browser.cookiesFor("/account")}; vestibule-zone=${said}` };
      const page = await browser.get("/account/sessions", { headers });
      expect([page.status, /\d\d:\d\d UTC/.test(visible(page))], said.slice(0, 20)).to.deep.equal([
        200,
        true,
      ]);
      expect(page.body).to.not.contain("Mars");
    }
  });

  it("are chosen on the account page from the list of zones, and nothing else is taken", async () => {
    const user = await makeUser(services, vestibule.office);
    const browser = vestibule.browser();
    const page = await openAccount(browser, "/account/profile", { user });
    expect(page.body).to.contain('<option value="Europe/Amsterdam"').and.contain("Asia/Kolkata");
    const fields = { name: "Sanne", language: "en" };
    expect((await send(browser, page, { ...fields, timeZone: "Mars/Olympus" })).status).to.equal(400);
    const after = await follow(
      browser,
      await send(browser, page, { ...fields, timeZone: "Europe/Amsterdam" }),
    );
    expectOn(after, "/account");
    expect(visible(after)).to.contain("Europe/Amsterdam");
  });

  it("T154 spell a zone in one way only, so that no browser can fill the memory with spellings", () => {
    expect([timeZoneOf("europe/AMSTERDAM"), timeZoneOf("Etc/UTC"), timeZoneOf("")]).to.deep.equal([
      "Europe/Amsterdam",
      "UTC",
      null,
    ]);
  });
});

describe("the days of a time zone", () => {
  it("begin at midnight there, also when clocks change, and after it where there is no midnight", () => {
    for (const [day, zone, start] of [
      ["2026-03-29", "Europe/Amsterdam", "2026-03-28T23:00:00.000Z"],
      ["2026-03-30", "Europe/Amsterdam", "2026-03-29T22:00:00.000Z"],
      ["2026-10-26", "Europe/Amsterdam", "2026-10-25T23:00:00.000Z"],
      ["2026-11-01", "America/New_York", "2026-11-01T04:00:00.000Z"],
      ["2026-11-02", "America/New_York", "2026-11-02T05:00:00.000Z"],
      ["2026-07-01", "Asia/Kathmandu", "2026-06-30T18:15:00.000Z"],
      // Clocks went forward at midnight: the day began at one.
      ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"],
      // Samoa had no 30 December.
      ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
      ["2027-01-01", "Pacific/Kiritimati", "2026-12-31T10:00:00.000Z"],
    ] as const) {
      expect(startOfDay(day, zone).toISOString(), `${day} ${zone}`).to.equal(start);
    }
    expect(localDay(new Date("2026-12-31T23:30:00Z"), "Europe/Amsterdam")).to.equal("2027-01-01");
  });
});
