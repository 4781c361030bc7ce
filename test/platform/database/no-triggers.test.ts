import { expect } from "chai";
import { asOwner, freshDatabase, type FreshDatabase } from "../../support/database.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("the schema", () => {
  const database: FreshDatabase = useResource(freshDatabase, (made) => made.drop());

  it("has no trigger: what follows from a change is part of the statement or function that makes it", async () => {
    const triggers = `
      select g.tgrelid::regclass::text as table, g.tgname as name from pg_trigger g where not g.tgisinternal`;
    expect(await asOwner(database, triggers)).to.deep.equal([]);
  });

  it("has no function that only a trigger can call", async () => {
    const functions = `
      select p.proname as name from pg_proc p
      where p.prorettype = 'trigger'::regtype and p.pronamespace = 'public'::regnamespace`;
    expect(await asOwner(database, functions)).to.deep.equal([]);
  });
});
