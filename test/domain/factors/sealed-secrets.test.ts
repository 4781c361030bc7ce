import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import { Secret, SecretBox } from "../../../src/kernel/secret.ts";
import { asOwner } from "../../support/database.ts";
import { dumpOf } from "../../support/dump.ts";
import { startLoggedProcess } from "../../support/logged-process.ts";
import { makeUser, type TestUser } from "../../support/people.ts";
import {
  resetFactor,
  giveApp,
  hasCode,
  keyOf,
  makeStrictOffice,
  pageName,
  passPassword,
  sendForm,
  makeStrictUser,
} from "../../support/second-factor.ts";
import { expectSecured } from "../../support/secured.ts";
import { MINUTE, travel } from "../../support/time.ts";
import { totpNow } from "../../support/totp.ts";
import { useVestibule } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

describe("the stored key of an app", () => {
  const vestibule = useVestibule({ application: {} });
  const user = useFresh(() => makeStrictUser(vestibule.services));
  const app = useFresh(() => giveApp(vestibule.services, user));

  const sealedOf = async (of: TestUser) => {
    const [row] = await asOwner<{ sealed: Buffer }>(
      vestibule.database,
      "select sealed_secret as sealed from factors where user_id = $1",
      [of.id],
    );
    return row?.sealed ?? Buffer.alloc(0);
  };
  const put = (of: TestUser, sealed: Buffer) =>
    asOwner(vestibule.database, "update factors set sealed_secret = $2 where user_id = $1", [of.id, sealed]);
  const tryWith = async (of: TestUser, secret: string) => {
    const browser = vestibule.browser();
    const page = await passPassword(browser, vestibule.application, of);
    expect(pageName(page)).to.equal("challenge-totp");
    return sendForm(browser, page, { code: totpNow(secret) });
  };

  it("T111 swapped between two users of one office opens for neither, and signs nobody in", async () => {
    const other = await makeUser(vestibule.services, user.office);
    const theirs = await giveApp(vestibule.services, other);
    const [mine, yours] = [await sealedOf(user), await sealedOf(other)];
    await Promise.all([put(user, yours), put(other, mine)]);
    for (const [of, secret] of [
      [user, app.secret],
      [user, theirs.secret],
      [other, app.secret],
      [other, theirs.secret],
    ] as const) {
      const page = await tryWith(of, secret);
      expect([hasCode(page), page.status], "refused").to.deep.equal([false, 500]);
      // Of the text alone: random letters in attributes may spell anything.
      expect(page.body.replaceAll(/<[^>]*>/g, " ")).to.not.match(/decrypt|GCM|authenticate|secret box/i);
      await asOwner(vestibule.database, "delete from second_factor_guard");
    }
    await Promise.all([put(user, mine), put(other, yours)]);
    expect(hasCode(await tryWith(user, app.secret))).to.equal(true);
  });

  it("T111 altered in one bit, at whatever place, opens for nobody", async () => {
    const sealed = await sealedOf(user);
    for (const place of [0, 5, 17, 33, sealed.length - 1]) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(place) ^ 1, place);
      await put(user, altered);
      expect(hasCode(await tryWith(user, app.secret)), `byte ${String(place)}`).to.equal(false);
      await asOwner(vestibule.database, "delete from second_factor_guard");
    }
  });

  it("T111 that does not open is reported to the operator with the user's id, and calmly to the user", async () => {
    const server = await startLoggedProcess(vestibule, { VESTIBULE_LOG_LEVEL: "trace" });
    const sealed = await sealedOf(user);
    sealed.writeUInt8(sealed.readUInt8(40) ^ 1, 40);
    await put(user, sealed);
    const browser = vestibule.browser(server.port);
    const code = totpNow(app.secret);
    const page = await sendForm(browser, await passPassword(browser, vestibule.application, user), { code });
    await server.stop();
    expectSecured(page, "unreadable");
    expect([page.status, hasCode(page)]).to.deep.equal([500, false]);
    expect(page.body).to.contain("Your code cannot be checked").and.contain("The problem is on our side");
    const lines = server.log().split("\n");
    const reports = lines.filter((line) => line.includes("does not open"));
    expect(reports).to.have.length(1);
    expect(reports[0]).to.contain(`"subject":"${user.id}"`);
    for (const secret of [app.secret, code, sealed.toString("hex"), sealed.toString("base64")]) {
      expect(server.log()).to.not.contain(secret);
    }
  });

  it("T111 is not in a dump of the database, and opens with no other key", async () => {
    const rows = [...(await dumpOf(vestibule.database)).values()].join("\n");
    for (const writing of [app.secret, Buffer.from(app.secret).toString("hex"), bytesOf(app.secret)]) {
      expect(rows).to.not.contain(writing);
    }
    const stranger = new SecretBox([new Secret("A".repeat(43))]);
    const sealed = await sealedOf(user);
    expect(() => stranger.open(sealed, `totp secret ${user.office.id} ${user.id}`)).to.throw("No key");
  });

  it("T111 opens for its own purpose alone", async () => {
    const { box } = vestibule.services.secondFactor;
    const sealed = await sealedOf(user);
    expect(box.open(sealed, `totp secret ${user.office.id} ${user.id}`)).to.equal(app.secret);
    expect(() => box.open(sealed, `signing key ${user.id}`)).to.throw();
    expect(() => box.open(sealed, `totp secret ${user.id} ${user.office.id}`)).to.throw();
  });

  it("T111 is another value each time that it is sealed", () => {
    const { box } = vestibule.services.secondFactor;
    expect(box.seal(app.secret, "x").equals(box.seal(app.secret, "x"))).to.equal(false);
  });

  it("T113 and nothing else of a set-up stands in clear text: no enrolment code, no key that was not confirmed", async () => {
    const found = await vestibule.services.users.findByUsername(user.office.id, user.username);
    if (found === null) {
      throw new Error("The user is gone.");
    }
    const code = (await resetFactor(vestibule.services, found, "called back")).reveal();
    travel(MINUTE);
    const browser = vestibule.browser();
    const asked = await passPassword(browser, vestibule.application, user);
    const setUp = await sendForm(browser, asked, { enrolmentCode: code });
    const rows = [...(await dumpOf(vestibule.database)).values()].join("\n");
    const plain = code.replace(/[^a-z0-9]/gi, "");
    for (const value of [code, plain, keyOf(setUp), bytesOf(keyOf(setUp))]) {
      expect(value).to.have.length.above(8);
      expect(rows.toLowerCase()).to.not.contain(value.toLowerCase());
    }
  });

  it("T113 is in tables that show no office the rows of another", async () => {
    const tables = [
      "factors",
      "recovery_code_sets",
      "recovery_codes",
      "enrolment_windows",
      "second_factor_guard",
    ];
    const rows = await asOwner<{ relname: string; is: boolean }>(
      vestibule.database,
      `select relname, relrowsecurity and relforcerowsecurity as is from pg_class
       where relname = any($1) and relkind = 'r'`,
      [tables],
    );
    expect(rows.map(({ relname }) => relname)).to.have.members(tables);
    expect(rows.filter(({ is }) => !is)).to.deep.equal([]);
    const other = await makeStrictOffice(vestibule.services);
    const { database } = vestibule.services;
    for (const table of tables) {
      const seen = await database.inOffice(other.id, (tx) =>
        tx.query({ name: `look_${table}`, text: ofAllHomes(`select 1 from ${table}`) }),
      );
      expect(seen, table).to.deep.equal([]);
    }
  });
});

function bytesOf(base32: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = Array.from(base32, (letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return Buffer.from(bytes).toString("hex");
}
