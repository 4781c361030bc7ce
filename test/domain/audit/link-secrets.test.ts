import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { dumpOf } from "../../support/dump.ts";
import { HttpBrowser } from "../../support/http-browser.ts";
import { startLoggedProcess, type LoggedProcess } from "../../support/logged-process.ts";
import { askForLink, choosePassword, linkIn, mailsTo, namesOf, openLink } from "../../support/mailbox.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { useVestibule } from "../../support/use-vestibule.ts";

const NEW = "copper-anchor-violin-63";
const MAIL = "person@mail.example";
/** Development's stand-in for a mailbox; a real mail waits sealed. */
const MAILBOX = "outbox_messages";

describe("what is written down of a link out of a mail", () => {
  const vestibule = useVestibule();
  let server: LoggedProcess;
  const secrets = new Map<string, string>([["new password", NEW]]);

  before(async function () {
    this.timeout(60_000);
    server = await startLoggedProcess(vestibule, { VESTIBULE_LOG_LEVEL: "trace" });
    const user = await makeUser(vestibule.services, await makeOffice(vestibule.services), { mail: MAIL });
    let browser = new HttpBrowser(vestibule.issuer, server.port);
    const place = `${vestibule.issuer}/reset-password/`;
    for (const how of ["used", "open"]) {
      // The same form of the same browser asks once in a minute.
      browser = new HttpBrowser(vestibule.issuer, server.port);
      await askForLink(browser, namesOf(user));
      const token = (await mailsTo(vestibule, MAIL))
        .map((mail) => linkIn(mail, place).slice(place.length))
        .find((found) => found !== "" && ![...secrets.values()].includes(found));
      secrets.set(`token of the ${how} link`, token ?? expect.fail("no new link"));
      const page = await openLink(browser, `${place}${token}`);
      if (how === "used") {
        await choosePassword(browser, page, NEW);
      }
    }
    // A fault while a token is at hand.
    await asOwner(vestibule.database, "alter table one_time_links rename to one_time_links_away");
    expect((await browser.get("/reset-password")).status).to.equal(500);
    await asOwner(vestibule.database, "alter table one_time_links_away rename to one_time_links");
    await server.stop();
  });

  it("T8 is nothing of its token in the database, where it would open the link for an attacker who has a copy", async () => {
    expect([...secrets.values()].map((secret) => secret.length)).to.deep.equal([NEW.length, 64, 64]);
    const tables = [...(await dumpOf(vestibule.database))].filter(([table]) => table !== MAILBOX);
    const found = tables.flatMap(([table, rows]) =>
      [...secrets].flatMap(([what, secret]) =>
        readings(secret).some((reading) => rows.includes(reading)) ? [`${what} in ${table}`] : [],
      ),
    );
    expect(found).to.deep.equal([]);
  });

  it("T108 is nothing of it in the log, whatever its level", () => {
    expect(server.log()).to.contain("/reset-password/:id").and.contain("a request failed");
    for (const [what, secret] of secrets) {
      expect(server.log().includes(secret), what).to.equal(false);
    }
  });
});

/** As it is, and as PostgreSQL prints bytes: all of it, and the random part of a token. */
const readings = (secret: string): string[] =>
  [
    secret,
    Buffer.from(secret).toString("hex"),
    Buffer.from(secret, "base64url").subarray(16).toString("hex"),
  ].filter((reading) => reading.length > 20);
