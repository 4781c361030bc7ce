import { expect } from "chai";
import { OperatorError } from "../../../src/kernel/errors.ts";
import { readSettings } from "../../../src/server/settings/settings.ts";

const PRODUCTION = {
  NODE_ENV: "production",
  VESTIBULE_ISSUER: "https://id.example.com",
  VESTIBULE_SECRETS_FILE: "/etc/vestibule/secrets.json",
};

/** What an environment is refused for; empty when it is accepted. */
function refusalOf(environment: Readonly<Record<string, string>>): string {
  try {
    readSettings(environment);
    return "";
  } catch (error) {
    if (error instanceof OperatorError) {
      return error.message;
    }
    throw error;
  }
}

for (const name of ["DATABASE_URL", "VESTIBULE_DATABASE_OWNER_URL"]) {
  describe(`the setting ${name}`, () => {
    const own = { DATABASE_URL: "postgres:///db?host=/var/run/postgresql" };

    it("takes several hosts, Unix sockets and sslmode", () => {
      for (const address of [
        "postgres://anna:pw@a:5432,b:5433/db?target_session_attrs=read-write&sslmode=require",
        "postgres:///db?host=/var/run/postgresql",
        "postgres://%2Fvar%2Frun%2Fpostgresql/db",
      ]) {
        expect(refusalOf({ ...PRODUCTION, ...own, [name]: address }), address).to.equal("");
      }
    });

    it("is refused in one line that names it and what is wrong", () => {
      const refused = refusalOf({ ...own, [name]: "postgres://anna:marker@a/db?sslmod=require" });
      expect(refused).to.equal(
        `The settings have 1 fault(s):\n  ${name}: has the unknown parameter "sslmod"`,
      );
    });

    it("shows nothing of a password that was not encoded", () => {
      const refused = refusalOf({ ...own, [name]: "postgres://anna:marker/pw@a/db" });
      expect(refused).to.contain(`${name}: has an @`).and.not.contain("marker");
    });

    it("is refused in production for clear text to another host, of several too", () => {
      const refused = refusalOf({
        ...PRODUCTION,
        ...own,
        [name]: "postgres://anna@127.0.0.1,db.example.com/db",
      });
      expect(refused).to.match(
        new RegExp(`^  ${name}: speaks to db\\.example\\.com:5432 in clear text; .*sslmode=verify-full`, "m"),
      );
    });

    it("may be clear text in production to this machine, and elsewhere with an explicit yes", () => {
      for (const host of ["127.0.0.1", "[::1]", "localhost", "%2Ftmp"]) {
        expect(refusalOf({ ...PRODUCTION, ...own, [name]: `postgres://anna@${host}/db` }), host).to.equal("");
      }
      const yes = { VESTIBULE_DATABASE_CLEAR_TEXT: "yes" };
      expect(
        refusalOf({ ...PRODUCTION, ...own, ...yes, [name]: "postgres://anna@db.example.com/db" }),
      ).to.equal("");
    });

    it("may be clear text to another host in development", () => {
      expect(refusalOf({ ...own, [name]: "postgres://anna@db.example.com/db" })).to.equal("");
    });
  });
}
