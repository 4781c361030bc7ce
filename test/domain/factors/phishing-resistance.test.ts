import { expect } from "chai";
import { policyFor, satisfies, type SecondFactorPolicy } from "../../../src/domain/factors/factor.ts";
import { RESISTANT_USERS, type ResistantUsers } from "../../../src/domain/factors/phishing-resistance.ts";
import { ROLES, type Role } from "../../../src/domain/access/role.ts";

const NOW = 1_000_000;
const BASE: SecondFactorPolicy = {
  ...{ demand: "required", from: null, since: 10, methods: ["passkey", "totp", "sms"] },
  trust: { days: 14, since: 0 },
  resistance: { of: "none", from: null, since: null },
};

const asking = (of: ResistantUsers, from: number | null = null): SecondFactorPolicy => ({
  ...BASE,
  resistance: { of, from, since: of === "none" ? null : 20 },
});

describe("the policy of a user where a factor that resists phishing is demanded", () => {
  const asked = (of: ResistantUsers): readonly Role[] =>
    ROLES.filter((role) => policyFor(asking(of), role, NOW).methods.length === 1);

  it("T210 accepts nothing else of the roles it is for, and is the office's for all others", () => {
    expect(RESISTANT_USERS.map((of) => [of, asked(of)])).to.deep.equal([
      ["none", []],
      ["superusers", ["superuser", "support"]],
      ["accountants", ["accountant", "superuser", "support"]],
      ["all", ["user", "accountant", "superuser", "support"]],
    ]);
    expect(policyFor(asking("accountants"), "user", NOW)).to.deep.equal(asking("accountants"));
  });

  it("T210 begins at its moment", () => {
    const at = (from: number) => policyFor(asking("all", from), "user", NOW).methods;
    expect([at(NOW), at(NOW + 1)]).to.deep.equal([["passkey"], BASE.methods]);
  });

  it("T212 trusts no browser in place of the factor", () => {
    expect(policyFor(asking("all"), "user", NOW).trust).to.equal(null);
  });

  it("T213 begins the time to enrol anew only where no factor was demanded before", () => {
    const { demand, since, from } = policyFor(asking("all", 30), "user", NOW);
    expect([demand, since, from]).to.deep.equal(["required", 10, null]);
    const off = policyFor({ ...asking("all", 30), demand: "off", since: null }, "user", NOW);
    expect([off.demand, off.since, off.from]).to.deep.equal(["required", 20, 30]);
    const later = policyFor({ ...asking("all", 30), since: 500 }, "user", NOW);
    expect([later.since, later.from], "a factor is demanded of all later").to.deep.equal([20, 30]);
  });

  it("T211 T212 is met by a passkey alone", () => {
    const owner = { role: "superuser", factors: methodsOf(), office: { secondFactor: asking("superusers") } };
    const met = (amr: string[], codeSkippedAt: number | null = null) =>
      satisfies({ ...owner, role: "superuser" }, { amr, codeSkippedAt }, NOW);
    expect([met(["pwd", "hwk", "user", "mfa"]), met(["swk", "user", "mfa"])]).to.deep.equal([true, true]);
    expect([met(["pwd", "otp", "mfa"]), met(["pwd", "sms", "mfa"]), met(["pwd", "mfa"])]).to.deep.equal([
      false,
      false,
      false,
    ]);
    expect(met(["pwd"], NOW - 1), "a trusted browser").to.equal(false);
    expect(
      satisfies({ ...owner, role: "user" }, { amr: ["pwd", "otp", "mfa"], codeSkippedAt: null }, NOW),
    ).to.equal(true);
  });
});

const methodsOf = () => [...BASE.methods];
