import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { CLIENTS } from "../clients/clients.ts";
import { COLUMNS } from "../clients/harness/client.ts";
import { formatted, readRows, tableOf } from "../clients/harness/document.ts";
import { placeOf } from "../support/example.ts";

const DOCUMENT = readFileSync(placeOf("docs/clients.md"), "utf8");
const [, RESULTS = ""] = /<!-- results: begin -->\n([\s\S]*)<!-- results: end -->/.exec(DOCUMENT) ?? [];

describe("docs/clients.md", () => {
  const rows = readRows();

  it("has a row for every client of npm run clients, with the version that is pinned now", () => {
    const versions = Object.fromEntries(Object.entries(rows).map(([name, { version }]) => [name, version]));
    expect(versions).to.deep.equal(Object.fromEntries(CLIENTS.map(({ name, version }) => [name, version])));
  });

  it("shows the results that the last run has kept, for each thing that a client can do", async () => {
    const table = await formatted(placeOf("docs/clients.md"), tableOf(rows));
    expect(RESULTS.trim()).to.equal(table.trim());
    for (const { name, columns } of CLIENTS) {
      const row = rows[name] ?? expect.fail(name);
      const tried = COLUMNS.filter((column) => column in row.result);
      expect(row.notRun === "" ? tried : columns, name).to.deep.equal(columns);
    }
  });

  it("is about clients whose requests are replayed, where they sign users in", () => {
    const recorded = readdirSync(placeOf("test/clients/recorded")).map((file) => file.replace(".json", ""));
    const signingIn = CLIENTS.filter(({ name }) => !/^fastapi-|-jwt$|-opaque$/.test(name));
    expect(recorded).to.include.members(signingIn.map(({ name }) => name));
  });
});
