import { readFileSync } from "node:fs";
import { expect } from "chai";
import { readSettings } from "../../src/server/settings/settings.ts";
import { settingsTable } from "../../src/server/settings/settings-table.ts";

const text = readFileSync(new URL("../../docs/sign-ins-and-sessions.md", import.meta.url), "utf8");
const ROW =
  /^\| .+? +\| (?<number>\d+) (?<unit>seconds|minutes|hours|days) +\| `(?<name>VESTIBULE_\w+)` +\|$/gm;

describe("the document about sessions", () => {
  it("T135 names each lifetime with the number that the program has", () => {
    const rows = [...text.matchAll(ROW)].map(({ groups }) => groups ?? {});
    const { lifetimes } = readSettings({});
    const documented = Object.fromEntries(rows.map(({ name = "", number }) => [name, Number(number)]));
    expect(documented).to.deep.equal({
      VESTIBULE_SESSION_IDLE_MINUTES: lifetimes.sessionIdleMinutes,
      VESTIBULE_SESSION_HOURS: lifetimes.sessionHours,
      VESTIBULE_SIGN_IN_MINUTES: lifetimes.signInMinutes,
      VESTIBULE_ACCESS_TOKEN_MINUTES: lifetimes.accessTokenMinutes,
      VESTIBULE_REFRESH_TOKEN_DAYS: lifetimes.refreshTokenDays,
      VESTIBULE_REFRESH_TOKEN_MAXIMUM_DAYS: lifetimes.refreshTokenMaximumDays,
    });
    expect(
      rows.every(({ name = "", unit = "" }) => unit === "seconds" || name.includes(unit.toUpperCase())),
    ).to.equal(true);
  });

  it("names only settings that exist", () => {
    const known = settingsTable.map(({ name }): string => name);
    const named = [...text.matchAll(/`(VESTIBULE_\w+)`/g)].map(([, name = ""]) => name);
    expect(named).to.have.length.above(6);
    expect(named.filter((name) => !known.includes(name))).to.deep.equal([]);
  });
});
