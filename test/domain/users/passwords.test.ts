import argon2 from "argon2";
import { expect } from "chai";
import { Secret } from "../../../src/kernel/secret.ts";
import { asOwner } from "../../support/database.ts";
import { openGuesser, type Verdict } from "../../support/guesser.ts";
import { TESTER, makeUser, PASSWORD, type TestUser } from "../../support/people.ts";
import { openSignIn } from "../../support/relying-party.ts";
import { DAY, travel } from "../../support/time.ts";
import { AT_FULL_COST } from "../../support/test-settings.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

/** A hundred characters, all of them ASCII, so that characters and bytes are the same number. */
const LONG =
  "Seven Green teapots stand on the old piano; nobody plays it, yet it hums at night, very softly, okay";

describe("passwords", () => {
  const vestibule = useVestibule({
    settings: AT_FULL_COST,
    office: { code: "NOORDERLICHT" },
    application: {},
  });

  async function enter(user: TestUser, password: string): Promise<Verdict> {
    const guesser = await openGuesser(vestibule.browser(), vestibule.application);
    return guesser.guess({ officeCode: vestibule.office.code, username: user.username, password });
  }

  it("T1 takes a long password exactly as it was chosen, to the last character", async () => {
    const user = await makeUser(vestibule.services, vestibule.office, { password: LONG });
    expect(LONG).to.have.length(100);
    const wrong = {
      "its first 72 bytes": LONG.slice(0, 72),
      "without its last character": LONG.slice(0, -1),
      "a space behind it": `${LONG} `,
      "a space before it": ` ${LONG}`,
      "another case": LONG.toLowerCase(),
      "something behind it": `${LONG}x`,
    };
    for (const [what, password] of Object.entries(wrong)) {
      expect(await enter(user, password), what).to.equal("wrong");
    }
    expect(await enter(user, LONG)).to.equal("right");
  });

  it("T1 takes spaces, emoji, other scripts, and spaces at the ends that belong to the password", async () => {
    const passwords = [
      "zes groene theepotten op de piano",
      "🫖🎹 zeven theepotten 🌙✨ zingen",
      "семь зелёных чайников поют ночью",
      "  teapots with a lot of room around  ",
      `${"x7#Lemon-".repeat(28)}end!`,
    ];
    for (const password of passwords) {
      const user = await makeUser(vestibule.services, vestibule.office, { password });
      expect(await enter(user, password), password).to.equal("right");
      expect(await enter(user, `${password} `), `${password} and a space`).to.equal("wrong");
    }
  });

  it("T1 takes the same characters from a keyboard that composes them otherwise", async () => {
    const user = await makeUser(vestibule.services, vestibule.office, {
      password: "café crème brûlée à midi",
    });
    expect(await enter(user, "café crème brûlée à midi".normalize("NFD"))).to.equal("right");
  });

  it("T1 asks for the password in a field that a password manager fills in and that takes any length", async () => {
    const page = await openSignIn(vestibule.browser(), vestibule.request());
    const input = /<input[^>]*name="password"[^>]*>/.exec(page.body)?.[0] ?? "";
    expect(input).to.contain('type="password"').and.contain('autocomplete="current-password"');
    expect(input).to.not.match(/maxlength|pattern|onpaste|readonly|value=/);
  });

  it("T2 refuses passwords that an attacker would try first", async () => {
    const user = await makeUser(vestibule.services, vestibule.office, { username: "annemarie" });
    const weak = {
      "a well-known one": "password1",
      "a long well-known one": "password12345",
      "the office code and the year": "noorderlicht2026",
      "the office code and a sign": "NOORDERLICHT!",
      "the product's name": "vestibule1234",
      "the username and the year": "annemarie2026",
      "seven characters": "kX9#q!z",
      "eleven characters": "kX9#q!zT2@w",
      "one character again and again": "aaaaaaaaaaaaaaaaaa",
      "a walk over the keyboard": "qwertyuiop[]",
    };
    const stored = await passwordHash(user);
    for (const [what, password] of Object.entries(weak)) {
      const added = makeUser(vestibule.services, vestibule.office, {
        username: `annemarie${what.length}`,
        password,
      });
      expect(await refusalOf(added), `${what}, new user`).to.match(/^The password /);
      expect(await refusalOf(change(user, password)), `${what}, changed`).to.match(/^The password /);
    }
    expect(await passwordHash(user)).to.equal(stored);
  });

  it("T2 demands no mixture of characters and lets nobody's password run out", async () => {
    const password = "wqzjkpfhtbmxnvrdgsly";
    const user = await makeUser(vestibule.services, vestibule.office, { password });
    travel(400 * DAY);
    expect(await enter(user, password)).to.equal("right");
  });

  it("T2 counts characters as people do, from 12 to 256", async () => {
    const faultOf = (password: string) =>
      vestibule.services.passwordRules.fault(password, { known: [], userId: null });
    expect(await faultOf("🫖🎹🌙✨🦊🐝🍋🎲🚲🪁🧭")).to.equal("too-short");
    expect(await faultOf("🫖🎹🌙✨🦊🐝🍋🎲🚲🪁🧭🪶")).to.not.equal("too-short");
    const longest = "Lemon-7#".repeat(32);
    expect(await faultOf(`${longest}x`)).to.equal("too-long");
    expect(await faultOf(longest)).to.not.equal("too-long");
  });

  it("T2 stores argon2id with at least 19 MiB and two passes, each time with another salt", async () => {
    const one = await passwordHash(await makeUser(vestibule.services, vestibule.office));
    const other = await passwordHash(await makeUser(vestibule.services, vestibule.office));
    expectStrong(one);
    expect(one).to.not.equal(other);
  });

  it("T2 makes a hash of weaker days strong at the next sign-in", async () => {
    const user = await makeUser(vestibule.services, vestibule.office);
    const weak = await argon2.hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await asOwner(vestibule.database, "update users set password_hash = $2 where id = $1", [user.id, weak]);
    expect(await enter(user, "not the password")).to.equal("wrong");
    expect(await passwordHash(user)).to.equal(weak);
    expect(await enter(user, PASSWORD)).to.equal("right");
    expectStrong(await passwordHash(user));
    expect(await enter(user, PASSWORD)).to.equal("right");
  });

  async function change({ id }: TestUser, password: string): Promise<void> {
    const { users, administration } = vestibule.services;
    const user = (await users.list(vestibule.office.id, 100)).find((candidate) => candidate.id === id);
    if (user === undefined) {
      throw new Error("The user is not there.");
    }
    await administration.users.changePassword(user, {
      password: new Secret(password),
      by: TESTER,
      office: vestibule.office,
    });
  }

  async function passwordHash({ id }: TestUser): Promise<string> {
    const text = "select password_hash as hash from users where id = $1";
    const [row] = await asOwner<{ hash: string }>(vestibule.database, text, [id]);
    return row?.hash ?? "";
  }
});

/** A hash as OWASP asks for at least. */
function expectStrong(hash: string): void {
  expect(hash).to.match(/^\$argon2id\$v=19\$/);
  expect(Number(/\bm=(\d+)/.exec(hash)?.[1]), "KiB").to.be.at.least(19 * 1024);
  expect(Number(/\bt=(\d+)/.exec(hash)?.[1]), "passes").to.be.at.least(2);
}

/** What a refused change says; empty when it was not refused. */
async function refusalOf(change: Promise<unknown>): Promise<string> {
  return change.then(
    () => "",
    (error: unknown) => (error instanceof Error ? error.message : "not an error"),
  );
}
