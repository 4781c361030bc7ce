import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { CHAPTERS } from "../../scripts/asvs-document.ts";
import { MEANINGS } from "../../scripts/security-meanings.ts";
import { readSecurityTitles } from "../../scripts/security-titles.ts";

/** How many requirements of levels 1 and 2 each section of the standard has (5.0.0), and which of them are of level 1. */
const SECTIONS: Readonly<Record<string, { ids: readonly number[]; first: readonly number[] }>> = {
  "6.1": { ids: [1, 2, 3], first: [1] },
  "6.2": { ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], first: [1, 2, 3, 4, 5, 6, 7, 8] },
  "6.3": { ids: [1, 2, 3, 4], first: [1, 2] },
  "6.4": { ids: [1, 2, 3, 4], first: [1, 2] },
  "6.5": { ids: [1, 2, 3, 4, 5], first: [] },
  "6.6": { ids: [1, 2, 3], first: [] },
  "6.8": { ids: [1, 2, 3, 4], first: [] },
  "7.1": { ids: [1, 2, 3], first: [] },
  "7.2": { ids: [1, 2, 3, 4], first: [1, 2, 3, 4] },
  "7.3": { ids: [1, 2], first: [] },
  "7.4": { ids: [1, 2, 3, 4, 5], first: [1, 2] },
  "7.5": { ids: [1, 2], first: [] },
  "7.6": { ids: [1, 2], first: [] },
  "10.1": { ids: [1, 2], first: [] },
  "10.2": { ids: [1, 2], first: [] },
  "10.3": { ids: [1, 2, 3, 4], first: [] },
  "10.4": { ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], first: [1, 2, 3, 4, 5] },
  "10.5": { ids: [1, 2, 3, 4, 5], first: [] },
  "10.6": { ids: [1, 2], first: [] },
  "10.7": { ids: [1, 2, 3], first: [] },
};

describe("the table of OWASP ASVS", () => {
  const rows = CHAPTERS.flatMap(({ requirements }) => requirements);
  const root = new URL("../../", import.meta.url);

  it("T135 has every requirement of levels 1 and 2 once, in the order and with the level of the standard", () => {
    const expected = Object.entries(SECTIONS).flatMap(([section, { ids, first }]) =>
      ids.map((id) => [`${section}.${String(id)}`, first.includes(id) ? 1 : 2]),
    );
    expect(rows.map(({ id, level }) => [id, level])).to.deep.equal(expected);
    expect(expected).to.have.length(82);
  });

  it("T135 names only files that exist", () => {
    const files = rows.flatMap(({ where, tests = [] }) => [...where, ...tests]);
    expect(files.filter((file) => !existsSync(new URL(file, root)))).to.deep.equal([]);
    const tests = rows.flatMap(({ tests: named = [] }) => named);
    expect(tests.filter((file) => !file.startsWith("test/"))).to.deep.equal([]);
  });

  it("T135 names only checks that have a meaning and a test", () => {
    const tested = new Set(readSecurityTitles().flatMap(({ checks }) => checks));
    const named = rows.flatMap(({ checks }) => checks);
    expect(named.filter((check) => MEANINGS[check] === undefined || !tested.has(check))).to.deep.equal([]);
  });

  it("T135 claims nothing without a place and a test, and says why wherever something is left", () => {
    for (const { id, state, where, checks, tests = [], note } of rows) {
      if (state !== "met") {
        expect(note, id).to.be.a("string");
      }
      if (state !== "not applicable" && state !== "not yet") {
        expect(where, `${id}: where`).to.not.deep.equal([]);
        expect(checks.length + tests.length, `${id}: proved by`).to.be.above(0);
      }
    }
  });

  it("T135 can claim that no hint and no secret question is kept: the database has no place for one", () => {
    const schema = readFileSync(new URL("src/platform/database/schema.json", root), "utf8");
    const columns = [...schema.matchAll(/column (?<name>[\w.]+)/g)].map(
      ({ groups }) => groups?.["name"] ?? "",
    );
    expect(columns).to.include("users.password_hash");
    expect(columns.filter((name) => /hint|question|answer|mother|pet/.test(name))).to.deep.equal([]);
  });

  it("says its requirements in words of its own", () => {
    expect(rows.filter(({ about }) => /^Verify that/i.test(about) || !about.endsWith("."))).to.deep.equal([]);
  });
});
