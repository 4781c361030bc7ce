import { expect } from "chai";
import { FACTOR_KINDS } from "../../../src/domain/factors/factor.ts";
import { asOwner, freshDatabase } from "../../support/database.ts";
import { useResource } from "../../support/suite-resource.ts";

describe("the database", () => {
  const database = useResource(
    () => freshDatabase(),
    (it) => it.drop(),
  );

  it("takes the factor kinds of the registry and no other, wherever it checks them", async () => {
    const checks = await asOwner<{ name: string; definition: string }>(
      database,
      `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
       where contype = 'c' and pg_get_constraintdef(oid) like '%totp%' order by 1`,
    );
    expect(checks.map(({ name }) => name)).to.deep.equal([
      "factors_kind_check",
      "offices_second_factor_methods_check",
    ]);
    for (const { name, definition } of checks) {
      expect(kindsIn(definition), name).to.have.members(FACTOR_KINDS);
    }
  });
});

/** The words of a check's literals: of single ones, and of a list such as '{totp,sms}'. */
const kindsIn = (definition: string): string[] =>
  [...definition.matchAll(/'([^']*)'/g)].flatMap(([, text = ""]) => text.replaceAll(/[{}]/g, "").split(","));
