import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { localDay } from "../../../src/kernel/time-zone.ts";
import { actionsOf, officeSettingsSchema } from "../../../src/domain/offices/office-settings.ts";
import { makeActor, OPERATOR, storedOffice, type TestActor } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { givePasskey } from "../../support/passkeys.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { giveApp } from "../../support/second-factor.ts";
import { DAY, SECOND, travel } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const PLAIN = { logoUrl: null, accent: null, welcome: {}, legal: {} };

describe("the settings of an office", function () {
  this.timeout(60_000);
  const { services, database } = useServices();
  const office = useFresh(() => makeOffice(services));
  const by = useFresh(() => makeActor(services, office, "superuser"));

  const now = () => storedOffice(services, office);
  const change = async (fields: Record<string, unknown>, actor: TestActor | typeof OPERATOR = by) => {
    const found = await now();
    const settings = officeSettingsSchema.parse({ version: found.version, ...fields });
    return services.administration.settings.change(found, settings, actor);
  };
  const required = (methods: readonly string[] = ["totp"], from: string | null = null) => ({
    secondFactor: { demand: "required", from, methods },
  });

  it("change as they are named, and the rest stays", async () => {
    const fields = { name: "Zuid", accent: "#0B6E4F", sessionMinutes: 240, countries: ["be", "NL", "be"] };
    expect((await change(fields)).type).to.equal("changed");
    expect(await now()).to.deep.include({
      ...{ name: "Zuid", branding: { ...PLAIN, accent: "#0b6e4f" }, sessionMinutes: 240 },
      ...{ countries: ["BE", "NL"], code: office.code, language: "en", status: "open", version: 2 },
    });
  });

  it("T89 are nothing but those that a superuser may write", async () => {
    const before = await now();
    const hostile = { code: "MINE", id: by.id, status: "closed", second_factor_since: null };
    expect((await change(hostile)).type).to.equal("unchanged");
    expect(await now()).to.deep.equal(before);
  });

  it("are reported with every fault at its field", () => {
    const parsed = officeSettingsSchema.safeParse({
      ...{ version: 1, name: " ", accent: "red", sessionMinutes: 1, countries: [], smsDailyBudget: -1 },
      secondFactor: { demand: "maybe", from: "tomorrow", methods: [] },
    });
    const paths = parsed.error?.issues.map(({ path }) => path.join(".")) ?? [];
    expect(new Set(paths)).to.deep.equal(
      new Set([
        ...["name", "accent", "sessionMinutes", "countries", "smsDailyBudget"],
        ...["secondFactor.demand", "secondFactor.from", "secondFactor.methods"],
      ]),
    );
  });

  it("are not overwritten by the second of two who edit at once, who learns what they are now", async () => {
    const found = await now();
    const both = await Promise.all(
      ["Noord", "Zuid"].map((name) =>
        services.administration.settings.change(
          found,
          officeSettingsSchema.parse({ version: found.version, name }),
          by,
        ),
      ),
    );
    expect(both.map(({ type }) => type).sort()).to.deep.equal(["changed", "conflict"]);
    const conflict = both.find((result) => result.type === "conflict") ?? expect.fail();
    expect(conflict.current).to.deep.equal(await now());
    expect(conflict.last).to.include({ changedBy: by.id, changedByName: "Sanne Bakker" });
  });

  it("T82 are not for a user of another office, nor of a lower role", async () => {
    const stranger = await makeActor(services, await makeOffice(services), "superuser");
    const accountant = await makeActor(services, office, "accountant");
    expect(await change({ name: "Mine" }, stranger)).to.deep.equal({ type: "elsewhere" });
    expect(await change({ name: "Mine" }, accountant)).to.deep.equal({ type: "not-permitted" });
    expect((await now()).name).to.equal("Noord & Zonen");
  });

  describe("T25 that ask for a second factor", () => {
    it("are refused to a superuser who has none", async () => {
      expect(await change(required())).to.deep.equal({ type: "no-own-factor" });
      expect(await change(required(["totp"], "2099-01-31"))).to.deep.equal({ type: "no-own-factor" });
      expect((await now()).secondFactor.demand).to.equal("off");
    });

    it("are refused to a superuser whose own will not be accepted", async () => {
      await giveApp(services, by.user);
      expect(await change(required(["sms"]))).to.deep.equal({ type: "no-own-factor" });
      expect((await change(required(["totp"]))).type).to.equal("changed");
      expect(await change(required(["sms"]))).to.deep.equal({ type: "no-own-factor" });
    });

    it("are taken from a user who has one, from the operator, and when they ask for less", async () => {
      expect((await change(required(["totp"], "2099-01-31"), OPERATOR)).type).to.equal("changed");
      expect((await change(required(["totp", "sms"], "2099-01-31"))).type, "one more method").to.equal(
        "changed",
      );
      expect(await change(required(["totp", "sms"])), "sooner").to.deep.equal({ type: "no-own-factor" });
      expect(
        (await change({ secondFactor: { demand: "off", from: null, methods: ["totp"] } })).type,
      ).to.equal("changed");
    });
  });

  describe("T214 that ask for a factor that resists phishing", () => {
    const resistant = (of: string, from: string | null = null) => ({ phishingResistance: { of, from } });
    const accepting = { demand: "off", from: null, methods: ["passkey", "totp"] };

    it("are refused in an office that accepts none", async () => {
      expect(await change(resistant("all"), OPERATOR)).to.deep.equal({ type: "no-resistant-method" });
      await change({ secondFactor: accepting, ...resistant("all") }, OPERATOR);
      const none = { secondFactor: { ...accepting, methods: ["totp"] } };
      expect(await change(none, OPERATOR), "taken away later").to.deep.equal({ type: "no-resistant-method" });
    });

    it("are refused to a superuser whom they are for and who has no passkey", async () => {
      await change({ secondFactor: accepting }, OPERATOR);
      await giveApp(services, by.user);
      expect(await change(resistant("superusers"))).to.deep.equal({ type: "no-own-factor" });
      expect(await change(resistant("superusers", "2099-01-31"))).to.deep.equal({ type: "no-own-factor" });
      await givePasskey(services, by.user, randomUUID());
      expect((await change(resistant("superusers"))).type).to.equal("changed");
      expect((await now()).phishingResistance).to.deep.equal({ of: "superusers", from: null });
    });

    it("are refused to the platform's staff in their own office as well, and not in that of others", async () => {
      await change({ secondFactor: accepting }, OPERATOR);
      const support = await makeActor(services, office, "support");
      expect((await change(resistant("all"), support)).type).to.equal("changed");
      const own = await storedOffice(services, { id: support.officeId ?? "" });
      const { version, secondFactor } = own;
      const settings = officeSettingsSchema.parse({
        ...{ version, secondFactor: { ...secondFactor, from: null, methods: ["passkey", "totp"] } },
        ...resistant("superusers"),
      });
      const result = await services.administration.settings.change(own, settings, support);
      expect(result).to.deep.equal({ type: "no-own-factor" });
    });

    it("give users whom they reach later their time to set a passkey up, and no others a second one", async () => {
      const since = async () =>
        (
          await asOwner<{ at: Date | null }>(
            database,
            "select resistant_since as at from offices where id = $1",
            [office.id],
          )
        )[0]?.at?.getTime() ?? 0;
      await change({ secondFactor: accepting, ...resistant("superusers") }, OPERATOR);
      const first = await since();
      travel(DAY);
      await change({ name: "Zuid", ...resistant("superusers", "2099-01-31") }, OPERATOR);
      expect(await since()).to.equal(first);
      await change(resistant("all"), OPERATOR);
      const wider = await since();
      expect(wider).to.be.at.least(first + DAY);
      travel(DAY);
      await change(resistant("accountants"), OPERATOR);
      expect(await since(), "fewer").to.equal(wider);
      await change(resistant("none"), OPERATOR);
      expect(await since()).to.equal(0);
    });

    it("are for those who may change the second factor", async () => {
      await change({ secondFactor: accepting }, OPERATOR);
      const accountant = await makeActor(services, office, "accountant");
      expect(await change(resistant("none", null), accountant)).to.deep.equal({ type: "not-permitted" });
      expect(actionsOf(officeSettingsSchema.parse({ version: 1, ...resistant("all") }))).to.include(
        "second-factor.change",
      );
    });

    it("begin on a day of the office, which stays in another time zone, and are in the audit log", async () => {
      await change({ secondFactor: accepting, ...resistant("all", "2099-01-31") }, OPERATOR);
      await change({ timeZone: "Pacific/Auckland" }, OPERATOR);
      const { phishingResistance, zone } = await now();
      expect(localDay(phishingResistance.from ?? expect.fail(), zone)).to.equal("2099-01-31");
      const [event] = await asOwner<{ of: string }>(
        database,
        `select details ->> 'phishingResistance' as of from audit_events
         where subject = $1 and type = 'office.changed' order by id desc limit 1`,
        [office.id],
      );
      expect(event?.of).to.equal("all");
    });
  });

  describe("when it is closed", () => {
    const settings = () => services.administration.settings;
    const events = async () =>
      (
        await asOwner<{ type: string }>(
          database,
          "select type from audit_events where subject = $1 and type in ('office.closed', 'office.opened') order by id",
          [office.id],
        )
      ).map(({ type }) => type);

    it("end sessions and links for good: none comes back when it is opened again", async () => {
      const user = await makeUser(services, office);
      const found = await storedUser(services, user);
      await services.links.passwordLinks.send(found, "password-reset", "test");
      const before = (await services.users.findAccount(user.id))?.validFrom ?? expect.fail();
      travel(DAY);
      expect((await settings().close(await now(), OPERATOR)).type).to.equal("changed");
      expect(await services.links.passwordLinks.send(found, "password-reset", "test")).to.equal(false);
      travel(2 * SECOND);
      expect((await settings().open(await now(), OPERATOR)).type).to.equal("changed");
      const account = await services.users.findAccount(user.id);
      expect(account?.validFrom).to.be.at.least(before + DAY / SECOND);
      expect(account?.office.status).to.equal("open");
      expect(
        await asOwner(database, "select from one_time_links where user_id = $1", [user.id]),
      ).to.deep.equal([]);
      expect(await events()).to.deep.equal(["office.closed", "office.opened"]);
    });

    it("T88 is the platform's decision, not its superuser's", async () => {
      expect(await settings().close(await now(), by)).to.deep.equal({ type: "not-permitted" });
      const support = await makeActor(services, office, "support");
      expect((await settings().close(await now(), support)).type).to.equal("changed");
      expect((await settings().close(await now(), support)).type).to.equal("unchanged");
    });
  });
});
