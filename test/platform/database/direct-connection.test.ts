import { expect } from "chai";
import { PLAIN, withConnection } from "../../../src/platform/database/connection.ts";
import { isDirect, keepsSessions } from "../../../src/platform/database/session-check.ts";
import { Secret } from "../../../src/kernel/secret.ts";
import { openGate } from "../../support/database-gate.ts";
import { freshDatabase } from "../../support/database.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("a connection to the database", () => {
  const database = useResource(
    () => freshDatabase(),
    (it) => it.drop(),
  );

  const isDirectAt = (url: string) =>
    withConnection({ url: new Secret(url), name: "test", session: PLAIN }, isDirect);

  it("is known as direct where PostgreSQL itself has the other end", async () => {
    expect(await isDirectAt(database.url)).to.equal(true);
    expect(await isDirectAt(database.ownerUrl)).to.equal(true);
  });

  it("is not taken for direct where a program is in between, and is looked at more closely", async () => {
    const gate = await openGate(database.url);
    try {
      expect(await isDirectAt(gate.url)).to.equal(false);
      expect(await keepsSessions({ url: new Secret(gate.url) })).to.equal(true);
    } finally {
      await gate.shut();
    }
  });
});
