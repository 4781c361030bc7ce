import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { codeAt, totpKey } from "../../src/domain/factors/totp.ts";
import { epochSeconds, now } from "../../src/kernel/clock.ts";
import { stranger } from "../support/flood.ts";
import { IMPORTED_PASSWORD } from "../support/imported-hashes.ts";
import { checkFile, importFile, verdictsOf } from "../support/importing.ts";
import { tryCode } from "../support/mobile-numbers.ts";
import { useFresh } from "../support/suite-resource.ts";
import { useServices } from "../support/use-vestibule.ts";
import { runProgram } from "./installation.ts";

const pathOf = (name: string) => fileURLToPath(new URL(`exports/${name}`, import.meta.url));
const exported = (...names: readonly string[]) =>
  names.map((name) => readFileSync(pathOf(name), "utf8")).join("\n");

const KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

interface Move {
  readonly words?: readonly string[];
  readonly files: readonly string[];
  /** Who signs in with the password of before. */
  readonly withPassword: Readonly<Record<string, string>>;
  readonly without: readonly string[];
  /** The keys of the apps, in the form in which they are stored. */
  readonly apps?: Readonly<Record<string, string>>;
  readonly confirmed?: readonly string[];
  readonly leftOut: number;
}

const sameFor = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, IMPORTED_PASSWORD]));

const MOVES: Readonly<Record<string, Move>> = {
  keycloak: {
    files: ["keycloak.json"],
    withPassword: sameFor("anna", "ben", "cora", "dirk"),
    without: ["eva"],
    apps: { anna: totpKey(KEY, { algorithm: "sha256", digits: 8, period: 30 }) },
    confirmed: ["anna"],
    leftOut: 1,
  },
  auth0: {
    files: ["auth0-users.jsonl", "auth0-passwords.jsonl"],
    withPassword: sameFor("anna@mail.example", "ben"),
    without: ["cora@mail.example"],
    confirmed: ["ben"],
    leftOut: 1,
  },
  cognito: {
    files: ["cognito.json"],
    withPassword: {},
    without: ["anna@mail.example", "ben"],
    confirmed: ["anna@mail.example"],
    leftOut: 1,
  },
  firebase: {
    words: ["--parameters", pathOf("firebase-parameters.txt")],
    files: ["firebase.json"],
    withPassword: { "anna@mail.example": "user1password" },
    without: ["ben@mail.example"],
    confirmed: ["anna@mail.example"],
    leftOut: 1,
  },
  aspnet: {
    files: ["aspnet.json"],
    withPassword: sameFor("anna@mail.example", "ben"),
    without: [],
    apps: { "anna@mail.example": KEY },
    confirmed: ["anna@mail.example"],
    leftOut: 1,
  },
  django: {
    files: ["django.json"],
    withPassword: sameFor("anna", "ben", "cora", "dirk"),
    without: ["eva"],
    apps: { anna: KEY },
    leftOut: 1,
  },
};

describe("the export of another system", () => {
  const world = useServices();
  const { services } = world;
  const office = useFresh(() => world.makeOffice());

  const convert = (from: string, { files, words = [] }: Pick<Move, "files" | "words">) =>
    runProgram({}, ["user", "convert", "--from", from, ...words], exported(...files));
  const enter = async (username: string, password: string) => {
    const typed = { officeCode: office.code, username, password, browser: [], visitor: stranger() };
    return (await services.passwords.check(typed)).type;
  };

  for (const [from, move] of Object.entries(MOVES)) {
    const { withPassword, without, apps = {}, confirmed = [], leftOut } = move;

    it(`brings its users over with what they have there: ${from}`, async () => {
      const { code, out, error } = await convert(from, move);
      expect(code, error).to.equal(0);
      const users = Object.keys(withPassword).length + without.length;
      expect(error).to.equal(
        `${String(users)} users, ${String(without.length)} of them without a password; ${String(leftOut)} disabled ones were left out.\n`,
      );
      const run = await checkFile(services, office, { file: out });
      expect(await verdictsOf(services, run)).to.deep.equal([]);
      expect(await importFile(services, office, { file: out })).to.deep.equal({
        type: "applied",
        added: users,
      });
      for (const [username, password] of Object.entries(withPassword)) {
        expect(await enter(username, password), username).to.equal("right");
      }
      for (const username of without) {
        expect(await enter(username, IMPORTED_PASSWORD), username).to.equal("wrong");
      }
      for (const [username, key] of Object.entries(apps)) {
        const user = await services.users.findByUsername(office.id, username);
        const attempt = { type: "totp", binding: "test", code: codeAt(key, epochSeconds(now())) } as const;
        const test = { id: user?.id ?? "", office, username, password: "" };
        expect(await tryCode(services, test, attempt), username).to.equal("accepted");
      }
      const numbers = out.split("\n").filter((line) => line.includes('"mobile number confirmed":true'));
      expect(numbers.map((line) => (JSON.parse(line) as { username: string }).username)).to.deep.equal(
        confirmed,
      );
    });
  }

  it("that is none is refused with the place, and never with its content", async () => {
    const cases = {
      "a broken document": ["keycloak", '{"users": ['],
      "another system's": ["django", exported("cognito.json")],
      "a user without a name": ["keycloak", '{"users":[{"username":"a"},{"email":"secret@mail.example"}]}'],
    } as const;
    for (const [what, [from, text]] of Object.entries(cases)) {
      const { code, out, error } = await runProgram({}, ["user", "convert", "--from", from], text);
      expect(code, what).to.equal(1);
      expect(out, what).to.equal("");
      expect(error, what)
        .to.match(/no JSON|user number \d/)
        .and.to.not.contain("secret@");
    }
  });

  it("of Firebase needs the parameters of the project", async () => {
    const none = await convert("firebase", { files: ["firebase.json"] });
    expect(none.error).to.contain("--parameters");
    const wrong = await convert("firebase", {
      files: ["firebase.json"],
      words: ["--parameters", pathOf("cognito.json")],
    });
    expect(wrong.error).to.contain("lacks algorithm");
  });
});
