import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { SmsBudget } from "../../../src/domain/factors/sms-budget.ts";
import { addressGroup } from "../../../src/platform/web/address.ts";
import { asOwner } from "../../support/database.ts";
import { makeUser } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

const NETWORKS = 10;

/** Makes one try from an address; returns whether it was looked at. */
type Try = (address: string, index: number) => Promise<boolean>;

describe("a limit of a network address", function () {
  this.timeout(60_000);
  const world = useServices({
    settings: {
      VESTIBULE_GUARD_ADDRESS_TRIES: String(NETWORKS),
      VESTIBULE_SMS_ADDRESS_HOUR: String(NETWORKS),
    },
    office: {},
    application: {},
  });
  const { services } = world;
  beforeEach(() => asOwner(world.database, "delete from rate_limits"));

  const visitorAt = (address: string) => ({
    address,
    addressGroup: addressGroup(address),
    requestId: "test",
  });

  let made = 0;
  const passwords: Try = async (address) => {
    made += 1;
    const typed = {
      officeCode: `NOWHERE-${String(made)}`,
      username: "sanne",
      password: "wrong",
      browser: [],
    };
    return (await services.passwords.check({ ...typed, visitor: visitorAt(address) })).type === "wrong";
  };
  const links: Try = async (address, index) => {
    const request = { officeCode: "NOWHERE", username: `user${String(index)}`, applicationId: null };
    const answer = await services.links.passwordLinks.ask({ ...request, visitor: visitorAt(address) });
    return answer.type === "asked";
  };
  const reminders: Try = async (address, index) => {
    const mail = `user${String(index)}@mail.example`;
    return (await services.links.officeReminder.ask({ mail, visitor: visitorAt(address) })).type === "asked";
  };
  const secrets: Try = async (address) => {
    const visitor = visitorAt(address);
    if (services.secretGuard.isStopped(world.application.id, visitor)) {
      return false;
    }
    await services.secretGuard.countWrong(world.application.application, visitor);
    return true;
  };
  const userCodes: Try = async (address) => (await services.userCodes.reserve(visitorAt(address))) !== null;
  const messages: Try = async (address, index) => {
    const { rateLimits: store, audit } = services.stores;
    const limits = { ...services.settings.smsLimits, perPrefixHour: 10_000, perAddressHour: NETWORKS };
    const budget = new SmsBudget({ store, audit, limits, hash: services.hash });
    const user = await makeUser(services, world.office);
    const asked = {
      user: { id: user.id, officeId: world.office.id },
      office: { smsDailyBudget: 10_000 },
      number: `+31612${String(100_000 + index)}`,
      binding: `sign-in ${String(index)}`,
      visitor: visitorAt(address),
    };
    return services.database
      .inOffice(world.office.id, async (tx) => {
        if ((await budget.count(tx, asked, new Date(Date.now()))) !== null) {
          throw new Error("stopped");
        }
        return true;
      })
      .catch(() => false);
  };

  const LIMITS: Readonly<Record<string, { readonly attempt: Try; readonly limit: number }>> = {
    "wrong passwords": { attempt: passwords, limit: NETWORKS },
    "links for a new password": { attempt: links, limit: 30 },
    "office codes by mail": { attempt: reminders, limit: 30 },
    "wrong client secrets": { attempt: secrets, limit: 20 },
    "wrong user codes": { attempt: userCodes, limit: 20 },
    "text messages": { attempt: messages, limit: NETWORKS },
  };

  /** How many of the tries are looked at, each from another address. */
  async function looked(attempt: Try, tries: number, addressOf: (index: number) => string): Promise<number> {
    let seen = 0;
    for (let index = 0; index < tries; index += 1) {
      seen += (await attempt(addressOf(index), index)) ? 1 : 0;
    }
    return seen;
  }

  for (const [what, { attempt, limit }] of Object.entries(LIMITS)) {
    it(`T125 counts ${what} of an IPv6 /64, and three times as many of its /56`, async () => {
      const hex = (index: number) => (index % 256).toString(16).padStart(2, "0");
      const ofOne = await looked(attempt, limit + 5, (index) => `2001:db8:1:100::${hex(index + 1)}`);
      expect(ofOne, "/64").to.equal(limit);
      const ofMany = await looked(attempt, limit * 3, (index) => `2001:db8:1:1${hex(index + 1)}::1`);
      expect(ofMany + ofOne, "/56").to.equal(limit * 3);
      expect(await attempt("2001:db8:1:200::1", 0), "the next /56").to.equal(true);
    });

    it(`T125 counts ten times as many ${what} of an IPv6 /48, whatever the /64 and /56`, async () => {
      const of48 = (index: number) => `2001:db8:2:${(index * 97 + 1).toString(16)}::1`;
      expect(await looked(attempt, limit * 10 + 5, of48)).to.equal(limit * 10);
      expect(await attempt("2001:db8:3:1::1", 0), "the next /48").to.equal(true);
    });
  }

  it("T125 does not count a refused try of one /64 for its neighbours", async () => {
    const { attempt, limit } = { attempt: links, limit: 30 };
    await looked(attempt, limit * 12, () => "2001:db8:4:1::1");
    expect(await attempt("2001:db8:4:2::1", 0), "the next /64").to.equal(true);
  });

  it("T125 makes an IPv4 address no wider", async () => {
    expect(await looked(userCodes, 30, (index) => `203.0.113.${String(index)}`)).to.equal(30);
    const rows = await asOwner<{ scope: string }>(world.database, "select distinct scope from rate_limits");
    expect(rows.map(({ scope }) => scope)).to.have.members(["user-code", "user-code-address"]);
  });

  it("T125 is made in one place", () => {
    const own = ["platform/limits/network-limits.ts", "platform/web/address.ts"];
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    const others = files.filter((file) => !own.includes(file));
    const inKeys = others.filter((file) => /\$\{[^}]*addressGroup/.test(readFileSync(`src/${file}`, "utf8")));
    expect(others).to.have.length.above(100);
    expect(inKeys).to.deep.equal([]);
  });
});
