import { expect } from "chai";
import type { ProvisionedUser } from "../../../src/domain/provisioning/provisioned-user-store.ts";
import { matcher } from "../../../src/api/scim/filter-match.ts";
import { parseFilter } from "../../../src/api/scim/filter.ts";
import { ScimError } from "../../../src/api/scim/scim-error.ts";
import { USER_FILTERABLES } from "../../../src/api/scim/user-resource.ts";

const INES: ProvisionedUser = {
  ...{
    id: "6b2a4a0b-8d7c-4a5b-8d0a-3c1a1e6ffb8e",
    username: "Ines.Smit",
    name: "Ines Smit",
    mail: "ines@mail.example",
  },
  ...{ role: "user", language: null, status: "active", version: 1, detailsVersion: 1 },
  ...{ createdAt: new Date("2026-01-02T03:04:05Z"), changedAt: new Date("2026-02-03T04:05:06Z") },
  ...{ externalId: "CORP\\ines", givenName: "Ines", familyName: null },
};

const matches = (filter: string, user = INES): boolean =>
  matcher(parseFilter(filter), USER_FILTERABLES)(user);

/** Null: it is a filter. */
function refusalOf(filter: string): string | null {
  try {
    matches(filter);
    return null;
  } catch (error) {
    return error instanceof ScimError ? `${String(error.status)} ${String(error.scimType)}` : String(error);
  }
}

describe("a filter of SCIM", () => {
  it("compares as RFC 7644 says", () => {
    const yes = [
      'userName eq "INES.SMIT"',
      'USERNAME Eq "ines.smit"',
      'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ines"',
      'externalId eq "CORP\\\\ines"',
      'displayName co "smit" and not (displayName co "jansen")',
      'userName eq "x" or active eq true and emails pr',
      '(userName eq "x" or active eq true) and emails pr',
      'emails[type eq "work" and value co "@mail.example"]',
      'emails[type eq "work"].value ew ".example"',
      'emails.value sw "ines"',
      "preferredLanguage eq null",
      "not (preferredLanguage pr)",
      'name.familyName ne "Smit"',
      'active eq "True"',
      "active ne false",
      'meta.created lt "2026-01-02T03:04:06Z"',
      'meta.lastModified ge "2026-02-03T05:05:06+01:00"',
      `id eq "${INES.id}"`,
      'name.givenName eq "\\u0049nes"',
    ];
    expect(yes.filter((filter) => !matches(filter))).to.deep.equal([]);
    const no = [
      'externalId eq "corp\\\\ines"',
      'userName eq "x" and active eq true or emails[type eq "home"]',
      'active eq true and (userName eq "x" or userName eq "y")',
      "not (active eq true)",
      "name.familyName pr",
      'name.familyName co "s"',
      'emails[type eq "work" and value eq "x"]',
    ];
    expect(no.filter((filter) => matches(filter))).to.deep.equal([]);
  });

  it("asks a user without an address for nothing of it", () => {
    const without = { ...INES, mail: null };
    expect(matches('emails[not (type eq "home")]', without)).to.equal(false);
    expect(matches('emails.value ne "x"', without)).to.equal(true);
    expect(matches("emails pr", without)).to.equal(false);
  });

  it("T194 is refused by invalidFilter where it means nothing", () => {
    const nonsense = [
      ...["", " ", "userName", "userName eq", "eq", 'userName eq "x', "userName eq x", "userName eq 'x'"],
      ...[
        'userName is "x"',
        'userName eq "x" and',
        'and userName eq "x"',
        '(userName eq "x"',
        'userName eq "x")',
      ],
      ...[
        "not userName pr",
        "not (userName pr",
        "()",
        "[]",
        "emails[]",
        'emails[type eq "work"',
        "emails[a[b pr]]",
      ],
      ...['password eq "x"', "__proto__ pr", "constructor pr", 'emails.nothing eq "x"', "nothing pr"],
      ...[
        "userName eq 1",
        "userName eq true",
        "userName co null",
        'active gt "true"',
        "active eq 1",
        "name eq 1",
      ],
      ...[
        'meta.created eq "yesterday"',
        'meta.created co "2026"',
        'userName eq "\\u0000"',
        'userName eq "\\x"',
      ],
      ...["userName eq {}", 'userName eq "a" "b"', '"userName" eq "a"', "userName pr pr", "userName eq [1]"],
    ];
    expect(nonsense.filter((filter) => refusalOf(filter) !== "400 invalidFilter")).to.deep.equal([]);
  });

  it("T194 is refused when it is deep, long or wide, before it costs anything", () => {
    const deep = (levels: number) => `${"(".repeat(levels)}userName pr${")".repeat(levels)}`;
    const wide = (parts: number) => Array.from({ length: parts }, () => "userName pr").join(" and ");
    expect([deep(20), wide(50)].map(refusalOf)).to.deep.equal([null, null]);
    const huge = [deep(21), deep(900), wide(51), "not (".repeat(300), `userName eq "${"x".repeat(2_000)}"`];
    expect(huge.map(refusalOf)).to.deep.equal(huge.map(() => "400 invalidFilter"));
  });
});
