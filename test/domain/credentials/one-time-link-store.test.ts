import { expect } from "chai";
import { officeOfToken, type LinkPurpose } from "../../../src/domain/credentials/one-time-link.ts";
import { OneTimeLinkStore } from "../../../src/domain/credentials/one-time-link-store.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { HOUR, MINUTE } from "../../support/time.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

// Not a moment of long ago: what is over by the clock of the database is swept away beside each new link.
const NOW = new Date();
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
const PURPOSES: readonly LinkPurpose[] = ["password-reset", "invitation", "mail-change", "not-me"];

describe("a link that works once", () => {
  const { services, database, office } = useServices({ office: {} });
  let store: OneTimeLinkStore;

  before(() => {
    store = new OneTimeLinkStore(services.database, services.hash);
  });
  const user = useFresh(() => makeUser(services, office));

  async function make(purpose: LinkPurpose, whose = user, at = NOW): Promise<string> {
    const link = { purpose, officeId: whose.office.id, userId: whose.id, at, data: { kind: "test" } };
    return (await services.database.inOffice(whose.office.id, (tx) => store.make(tx, link))).reveal();
  }
  const find = (purpose: LinkPurpose, token: string, now = NOW) => store.find({ purpose, token, now });
  const spend = (purpose: LinkPurpose, token: string, now = NOW) =>
    services.database.inOffice(officeOfToken(token) ?? office.id, (tx) =>
      store.spend(tx, { purpose, token, now }),
    );

  it("T8 has 256 random bits and names its office", async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => make("not-me")));
    expect(new Set(tokens.map((token) => token.slice(22))).size).to.equal(20);
    tokens.forEach((token) => {
      expect(Buffer.from(token, "base64url")).to.have.length(16 + 32);
      expect(officeOfToken(token)).to.equal(office.id);
    });
  });

  it("T8 is spent once, also when ten try at the same moment", async () => {
    const token = await make("password-reset");
    const results = await Promise.all(Array.from({ length: 10 }, () => spend("password-reset", token)));
    const won = results.filter((result) => result !== null);
    expect(won).to.deep.equal([{ officeId: office.id, userId: user.id, data: { kind: "test" } }]);
    expect(await spend("password-reset", token)).to.equal(null);
    expect(await find("password-reset", token)).to.equal(null);
  });

  it("T8 works to its last second and no longer", async () => {
    const token = await make("password-reset");
    expect(await find("password-reset", token, later(30 * MINUTE - 1))).to.not.equal(null);
    expect(await spend("password-reset", token, later(30 * MINUTE))).to.equal(null);
    const invitation = await make("invitation");
    expect(await spend("invitation", invitation, later(24 * HOUR))).to.equal(null);
    expect(await spend("invitation", invitation, later(24 * HOUR - 1))).to.not.equal(null);
  });

  it("T8 is void when a newer one of its purpose was made, and lets other purposes and people be", async () => {
    const other = await makeUser(services, office);
    const [older, invitation, foreign] = [
      await make("password-reset"),
      await make("invitation"),
      await make("password-reset", other),
    ];
    const newer = await make("password-reset");
    expect(await find("password-reset", older)).to.equal(null);
    expect(await find("password-reset", newer)).to.not.equal(null);
    expect(await find("invitation", invitation)).to.not.equal(null);
    expect(await find("password-reset", foreign)).to.not.equal(null);
  });

  it("T8 leaves one that works when many are made at the same moment", async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => make("password-reset")));
    const found = await Promise.all(tokens.map((token) => find("password-reset", token)));
    expect(found.filter((link) => link !== null)).to.have.length(1);
  });

  it("T8 can be made anew after it was spent", async () => {
    await spend("password-reset", await make("password-reset"));
    expect(await spend("password-reset", await make("password-reset"))).to.not.equal(null);
  });

  it("T8 stands in no copy of the database", async () => {
    const tokens = await Promise.all(PURPOSES.map((purpose) => make(purpose)));
    const rows = await asOwner<{ row: string; hash: Buffer }>(
      database,
      "select l::text as row, hash from one_time_links l where user_id = $1",
      [user.id],
    );
    expect(rows).to.have.length(PURPOSES.length);
    const copy = rows.map(({ row }) => row).join("\n");
    tokens.forEach((token) => {
      expect(copy).to.not.contain(token);
      expect(copy).to.not.contain(Buffer.from(token, "base64url").subarray(16).toString("hex"));
    });
    for (const { hash } of rows) {
      expect(await find("password-reset", hash.toString("base64url"))).to.equal(null);
    }
  });

  it("T9 does nothing for another purpose", async () => {
    for (const purpose of PURPOSES) {
      const token = await make(purpose);
      for (const other of PURPOSES.filter((candidate) => candidate !== purpose)) {
        expect(await spend(other, token), `${purpose} as ${other}`).to.equal(null);
      }
      expect(await spend(purpose, token), purpose).to.not.equal(null);
    }
  });

  it("T9 does nothing with the name of another office in it", async () => {
    const south = await makeOffice(services);
    await makeUser(services, south, { username: user.username });
    const token = Buffer.from(await make("password-reset"), "base64url");
    Buffer.from(south.id.replaceAll("-", ""), "hex").copy(token);
    const forged = token.toString("base64url");
    expect(officeOfToken(forged)).to.equal(south.id);
    expect(await find("password-reset", forged)).to.equal(null);
    expect(await spend("password-reset", forged)).to.equal(null);
  });

  it("T9 is nothing else that a visitor may bring", async () => {
    const token = await make("password-reset");
    const others = ["", "x", token.slice(0, -1), `${token}A`, token.toUpperCase(), ` ${token}`, `${token}\n`];
    for (const other of [...others, "A".repeat(64), "é".repeat(64), user.id, "../".repeat(20)]) {
      expect(await find("password-reset", other), other).to.equal(null);
    }
  });

  it("T8 is answered a second time by its kept answer alone, and keeps what it was for", async () => {
    const [form, at] = ["a browser's form", NOW];
    const asked = { purpose: "password-reset", officeId: office.id, userId: user.id, at, form } as const;
    const made = await services.database.inOffice(office.id, (tx) =>
      store.make(tx, { ...asked, data: { kind: "test" } }),
    );
    const token = made.reveal();
    const sent = { purpose: "password-reset", token, form, now: later(1) } as const;
    expect(await spend("password-reset", token)).to.not.equal(null);
    expect(await store.findAnswer(sent), "spent, and not answered").to.equal(null);
    await services.database.inOffice(office.id, (tx) => store.keepAnswer(tx, sent, { outcome: "done" }));
    expect((await store.findAnswer(sent))?.data).to.include({ kind: "test", outcome: "done" });
    expect(await store.findAnswer({ ...sent, form: "another form" })).to.equal(null);
  });

  it("is void for good, except for what only cancels", async () => {
    const tokens = await Promise.all(PURPOSES.map((purpose) => make(purpose)));
    await services.database.inOffice(office.id, (tx) => store.voidAll(tx, user.id));
    const found = await Promise.all(
      PURPOSES.map(async (purpose, index) =>
        (await find(purpose, tokens[index] ?? "")) === null ? [] : [purpose],
      ),
    );
    expect(found.flat()).to.deep.equal(["not-me"]);
  });

  it("is no link of a user who does not exist", async () => {
    const nobody = { ...user, id: "00000000-0000-4000-8000-000000000000" };
    expect(await find("password-reset", await make("password-reset", nobody))).to.equal(null);
  });
});
