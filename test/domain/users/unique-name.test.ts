import { expect } from "chai";
import { officeCodeSchema } from "../../../src/domain/offices/office.ts";
import { newUserSchema } from "../../../src/domain/users/user.ts";
import { readUniqueName, uniqueName } from "../../../src/domain/users/unique-name.ts";
import { foldUsername } from "../../../src/domain/users/username.ts";

/** Usernames that an administrator could type to pass for another office's anna. */
const TYPED = [
  ...["anna", "ANNA", "anna@PLAIN", "anna@plain", "anna@", "@PLAIN", "anna@@PLAIN", "anna@PLAIN@NOORD"],
  ...[
    "аnna",
    "anna\u200b",
    "anna\u0000",
    "anna@PLAIN\u202e",
    "ａnna",
    "anna ",
    "anna  b",
    "añna",
    "anna＠PLAIN",
  ],
];
const CODES = ["PLAIN", "NOORD", "PLAIN-2", "A-B"];

const username = newUserSchema.shape.username;

describe("a user's name in the whole installation", () => {
  const allowed = TYPED.flatMap((typed) => {
    const parsed = username.safeParse(typed);
    return parsed.success ? [parsed.data] : [];
  });

  it("T134 is the same for two of them only where username and office are the same", () => {
    const pairs = CODES.flatMap((code) => allowed.map((name) => ({ code, name })));
    const keys = new Map<string, Set<string>>();
    for (const { code, name } of pairs) {
      const key = foldUsername(uniqueName(name, code));
      keys.set(key, (keys.get(key) ?? new Set()).add(`${code} ${foldUsername(name)}`));
    }
    expect([...keys].filter(([, owners]) => owners.size > 1)).to.deep.equal([]);
    expect(keys.size).to.equal(CODES.length * new Set(allowed.map(foldUsername)).size);
  });

  it("T134 has no look-alike letters, control characters or invisible ones", () => {
    for (const typed of ["аnna", "an\u0000na", "anna@PLAIN\u202e", "anna\u2024b"]) {
      expect(username.safeParse(typed).success, JSON.stringify(typed)).to.equal(typed === "anna\u2024b");
    }
    // What nobody sees makes no other name.
    expect(username.parse("anna\u200b")).to.equal("anna");
    expect(username.parse("anna \u00a0 b")).to.equal("anna b");
    // Compatible forms are folded into what they look like, which is what is compared.
    expect(username.parse("anna＠PLAIN")).to.equal("anna@PLAIN");
    expect(username.parse("anna\u2024b")).to.equal("anna.b");
  });

  it("T134 ends with the office, because no office code has an @", () => {
    for (const code of ["AB@CD", "PLAIN@", "@PLAIN", "ＰＬＡＩＮ＠X"]) {
      expect(officeCodeSchema.safeParse(code).success, code).to.equal(false);
    }
    expect(uniqueName("anna@PLAIN", "NOORD")).to.equal("anna@PLAIN@NOORD");
  });

  it("is taken apart at its last @, whatever the username has", () => {
    for (const name of allowed) {
      expect(readUniqueName(uniqueName(name, "NOORD"), null), name).to.deep.equal({
        username: name,
        officeCode: "NOORD",
      });
    }
  });

  it("stays whole when it names another office than the one that is fixed, or is a mail address", () => {
    const whole = (username: string) => ({ username, officeCode: null });
    expect(readUniqueName("anna@PLAIN", "NOORD")).to.deep.equal(whole("anna@PLAIN"));
    expect(readUniqueName("anna@plain.example", null)).to.deep.equal(whole("anna@plain.example"));
    expect(readUniqueName("anna", null)).to.deep.equal(whole("anna"));
    expect(readUniqueName("@PLAIN", null)).to.deep.equal(whole("@PLAIN"));
    expect(readUniqueName("anna@plain", "PLAIN")).to.deep.equal({ username: "anna", officeCode: "PLAIN" });
  });
});
