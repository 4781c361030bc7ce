import { expect } from "chai";
import { runProgram } from "./installation.ts";
import { asOwner } from "../support/database.ts";
import { PASSWORD, type TestUser } from "../support/people.ts";
import { hasCode, pageName, passPassword, sendForm } from "../support/second-factor.ts";
import { SECOND, travel } from "../support/time.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const CHOSEN = "copper-anchor-violin-63";

/** Every way in which the operator learns a password of another user. */
const COMMANDS = {
  "user add": ["user", "add", "NAME", "--office", "NOORD", "--name", "Sanne Bakker"],
  "user add --password-stdin": [
    ...["user", "add", "NAME", "--office", "NOORD", "--name", "Sanne Bakker", "--password-stdin"],
  ],
  "user set-password": ["user", "set-password", "NAME", "--office", "NOORD"],
  "user set-password --password-stdin": [
    ...["user", "set-password", "NAME", "--office", "NOORD", "--password-stdin"],
  ],
  "support add --password-stdin": ["support", "add", "NAME", "--name", "Dana Mol", "--password-stdin"],
} as const;

describe("a password that the operator knows", function () {
  this.timeout(60_000);
  const vestibule = useVestibule({ office: { code: "NOORD" }, application: {} });
  const { office, application } = vestibule;

  async function type(words: readonly string[]): Promise<string> {
    const typed = words.includes("--password-stdin") ? `${PASSWORD}\n` : "";
    const { code, out, error } = await runProgram(vestibule.environment, [...words, "--json"], typed);
    expect(code, error).to.equal(0);
    const { password = PASSWORD } = JSON.parse(out) as { password?: string };
    return password;
  }

  const isExpired = async (username: string) =>
    (
      await asOwner<{ expired: boolean }>(
        vestibule.database,
        "select password_expired as expired from users where username = $1",
        [username],
      )
    )[0]?.expired;

  for (const [what, words] of Object.entries(COMMANDS)) {
    it(`T133 counts for one sign-in only, after ${what}`, async () => {
      const username =
        words[1] === "set-password" ? (await vestibule.makeUser()).username : what.replaceAll(/\W/g, "");
      await type(words.map((word) => (word === "NAME" ? username : word)));
      expect(await isExpired(username)).to.equal(true);
    });
  }

  it("T133 is replaced at the first sign-in, before the application gets its answer", async () => {
    const username = "joost";
    const password = await type(["user", "add", username, "--office", "NOORD", "--name", "Joost Smit"]);
    const user: TestUser = { id: "", office, username, password };
    const browser = vestibule.browser();
    const page = await passPassword(browser, application, user);
    expect(pageName(page)).to.equal("new-password");
    expect(hasCode(await sendForm(browser, page, { newPassword: CHOSEN }))).to.equal(true);
    expect(await isExpired(username)).to.equal(false);
    // What is proved in the second of the change ends with the old password.
    travel(2 * SECOND);
    const again = await passPassword(vestibule.browser(), application, { ...user, password: CHOSEN });
    expect(hasCode(again), "with the own password").to.equal(true);
  });

  it("T133 is announced where it is printed", async () => {
    const words = ["user", "add", "mia", "--office", "NOORD", "--name", "Mia de Wit"];
    const { out } = await runProgram(vestibule.environment, words);
    expect(out).to.contain("to be changed at the first sign-in");
  });
});
