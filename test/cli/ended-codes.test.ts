import { expect } from "chai";
import { asOwner } from "../support/database.ts";
import { useInstallation } from "./installation.ts";

const REASON = ["--office", "NOORD", "--reason", "phone lost, called back"];

describe("T147 the command line, when recovery codes end", () => {
  const here = useInstallation();

  before(async () => {
    await here.ask(["office", "add", "NOORD", "--name", "Noord"]);
  });

  /** A user with a confirmed number and two codes, or without anything. */
  async function addUser(username: string, has: "number" | "nothing"): Promise<void> {
    await here.ask(["user", "add", username, "--office", "NOORD", "--name", "Sanne Bakker"]);
    if (has === "number") {
      await asOwner(
        here.database,
        `with one as (select id, office_id from users where username = $1),
           number as (insert into mobile_numbers (home, office_id, user_id, number, state, entered_by, changed_at)
             select home_of(office_id), office_id, id, '+31612345678', 'confirmed', 'user', now() from one),
           factor as (insert into factors (home, office_id, user_id, kind, confirmed_at) select home_of(office_id), office_id, id, 'sms', now() from one),
           made as (insert into recovery_code_sets (home, office_id, user_id, salt, made_at)
             select home_of(office_id), office_id, id, 'salt', now() from one returning office_id, user_id)
         insert into recovery_codes (home, office_id, user_id, hash) select home_of(office_id), office_id, user_id, hash::bytea from made, (values ('a'), ('b')) h (hash)`,
        [username],
      );
    }
  }

  const type = async (...words: string[]) => (await here.run(["user", ...words, ...REASON])).out;

  it("says so when a number replaces the last factor", async () => {
    await addUser("replaced", "number");
    expect(await type("set-number", "replaced", "0612345679")).to.contain("2 recovery codes no longer work");
  });

  it("says so when the last factor is deleted", async () => {
    await addUser("deleted", "number");
    expect(await type("delete-number", "deleted")).to.contain("2 recovery codes no longer work");
  });

  it("says so at a reset", async () => {
    await addUser("reset", "number");
    expect(await type("reset-factor", "reset")).to.contain("was reset. 2 recovery codes no longer work");
  });

  it("speaks of no loss where there is none", async () => {
    await addUser("nothing", "nothing");
    expect(await type("set-number", "nothing", "0612345679")).to.not.contain("recovery");
    const opened = await type("reset-factor", "nothing");
    expect(opened).to.contain("nothing can set up a second factor again.").and.not.contain("reset");
    expect(opened).to.not.contain("recovery");
  });
});
