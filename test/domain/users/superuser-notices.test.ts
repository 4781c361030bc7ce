import { expect } from "chai";
import { LANGUAGE_CODES } from "../../../src/kernel/languages.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { makeActor, OPERATOR, storedOffice, type TestActor } from "../../support/actors.ts";
import { csvFile } from "../../support/csv-file.ts";
import { storedUser } from "../../support/mobile-numbers.ts";
import { settledOutbox } from "../../support/outbox.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "../../support/people.ts";
import { giveApp } from "../../support/second-factor.ts";
import { useServices } from "../../support/use-vestibule.ts";

const REASON = "asked for in writing";
const CHANGED = "A superuser of your office was changed";
const ASKED = "Support wants to change a superuser of your office";

describe("what the superusers of an office hear of", function () {
  this.timeout(60_000);
  const vestibule = useServices();
  const { services } = vestibule;
  let office: TestOffice;
  let watching: TestUser;
  let other: TestUser;
  let plain: TestUser;
  let dana: TestActor;
  let made = 0;
  const mail = () => `superuser${String((made += 1))}@mail.example`;
  let address: string;

  beforeEach(async () => {
    office = await makeOffice(services);
    address = mail();
    watching = await makeUser(services, office, { role: "superuser", mail: address });
    other = await makeUser(services, office, { role: "superuser", name: "Chris Smit", mail: mail() });
    plain = await makeUser(services, office, { mail: mail() });
    await giveApp(services, other);
    dana = await makeActor(services, office, "support");
    await heard();
  });

  let seen = 0;
  /** The mails to the superuser who watches, since the last look. */
  const heard = async () => {
    const all = (await settledOutbox(vestibule)).filter(({ id }) => Number(id) > seen);
    seen = Math.max(seen, ...all.map(({ id }) => Number(id)));
    return all.filter(({ to }) => to === address).map(({ subject, text }) => ({ subject, text }));
  };
  const stored = (user: TestUser) => storedUser(services, user);
  const people = () => services.administration.users;
  const officeNow = () => storedOffice(services, office);
  const boss = () => ({ id: watching.id, officeId: office.id, role: "superuser" }) as const;

  it("T122 every change of one of them, whoever makes it: a colleague, or the operator", async () => {
    const changes: Readonly<Record<string, () => Promise<{ readonly type: string }>>> = {
      "is now a superuser": async () =>
        people().changeRole(await stored(plain), "superuser", { office: await officeNow(), by: OPERATOR }),
      "the second factor of": async () =>
        services.administration.factors.reset(await stored(other), { by: boss(), reason: REASON }),
      "was disabled": async () => people().disable(await stored(other), boss()),
      "was enabled again": async () => people().enable(await stored(other), OPERATOR),
      "is no longer a superuser": async () =>
        people().changeRole(await stored(other), "user", { office: await officeNow(), by: boss() }),
      "is now a superuser.": async () =>
        people().add(
          newUserSchema.parse({ username: `x${String((made += 1))}`, name: "New", role: "superuser" }),
          await officeNow(),
          {
            by: boss(),
            invite: false,
          },
        ),
    };
    for (const [words, change] of Object.entries(changes)) {
      const { type } = await change();
      const mails = await heard();
      expect(
        mails.map(({ subject }) => subject),
        `${words}: ${type}`,
      ).to.deep.equal([CHANGED]);
      expect(mails[0]?.text, words).to.contain(words);
    }
  });

  it("T122 nothing of a change of another role", async () => {
    const by = boss();
    await people().changeRole(await stored(plain), "accountant", { office: await officeNow(), by });
    await people().disable(await stored(plain), by);
    expect(await heard()).to.deep.equal([]);
  });

  it("T122 superusers that come as a file, in one mail", async () => {
    const { importer, apply } = services.imports;
    const rows = [1, 2, 3].map((number) => `file${String((made += number))},New,superuser\n`).join("");
    const by = boss();
    const run = await importer.check(await officeNow(), csvFile(`username,name,role\n${rows}`), by);
    expect((await apply.apply(run.id, { office, by, invites: false })).type).to.equal("applied");
    const [only, ...more] = await heard();
    expect(more).to.deep.equal([]);
    expect(only?.text).to.contain("3 superusers were added from a file");
  });

  it("T122 what support asks for, before anything has changed, with the way to refuse it", async () => {
    const asked = { action: "role", role: "superuser" } as const;
    const help = { by: dana, reason: REASON, office };
    await services.administration.approvals.request(await stored(plain), asked, help);
    const [only, ...more] = await heard();
    expect([only?.subject, more]).to.deep.equal([ASKED, []]);
    expect(only?.text).to.contain(`/console/o/${office.code}/users/${plain.id}/approval`);
  });

  it("T122 each in the own language", async () => {
    const addresses = new Map(LANGUAGE_CODES.map((code) => [mail(), code] as const));
    for (const [to, language] of addresses) {
      await makeUser(services, office, { role: "superuser", mail: to, language });
    }
    await people().changeRole(await stored(plain), "superuser", { office: await officeNow(), by: boss() });
    const subjects = (await settledOutbox(vestibule))
      .filter(({ to, text }) => addresses.has(to) && text.includes(plain.username))
      .map(({ subject }) => subject);
    expect(new Set(subjects).size).to.equal(LANGUAGE_CODES.length);
  });
});
