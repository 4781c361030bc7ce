import { expect } from "chai";
import { codeAt, totpKey } from "../../../src/domain/factors/totp.ts";
import { epochSeconds, now } from "../../../src/kernel/clock.ts";
import { asOwner } from "../../support/database.ts";
import { checkFile, importFile, jsonLines, verdictsOf } from "../../support/importing.ts";
import { tryCode } from "../../support/mobile-numbers.ts";
import { useFresh } from "../../support/suite-resource.ts";
import { useServices } from "../../support/use-vestibule.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

describe("people who come from another system with their second factor", () => {
  const world = useServices();
  const { services } = world;
  const office = useFresh(() => world.makeOffice());
  const rows = (text: string) => asOwner<Record<string, unknown>>(world.database, text, [office.id]);
  const userOf = async (username: string) => {
    const user = await services.users.findByUsername(office.id, username);
    return { id: user?.id ?? "", office, username, password: "" };
  };

  it("prove themselves with the app that they have, whatever its parameters are", async () => {
    const parameters = { algorithm: "sha256", digits: 8, period: 60 } as const;
    const app = { "totp algorithm": "HmacSHA256", "totp digits": 8, "totp period": 60 };
    const file = jsonLines([
      { username: "anna", name: "Anna", "totp secret": "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", ...app },
      { username: "ben", name: "Ben", totpSecret: `${SECRET}====` },
      { username: "cora", name: "Cora", otp_secret: "JBSWY3DPEHPK3PXP" },
    ]);
    expect(await importFile(services, office, { file })).to.deep.equal({ type: "applied", added: 3 });
    const keys = {
      anna: totpKey(SECRET, parameters),
      ben: SECRET,
      cora: "JBSWY3DPEHPK3PXP",
    };
    for (const [username, key] of Object.entries(keys)) {
      const code = codeAt(key, epochSeconds(now()));
      const attempt = { type: "totp", binding: "test", code } as const;
      const user = await userOf(username);
      expect(await tryCode(services, user, attempt), username).to.equal("accepted");
      expect(await tryCode(services, user, attempt), `${username} again`).to.not.equal("accepted");
    }
    expect(
      await rows(
        `select f.kind, f.code_digits, encode(f.sealed_secret, 'escape') like '%GEZD%' as open from factors f
         join users u on u.id = f.user_id where u.office_id = $1 order by u.username`,
      ),
    ).to.deep.equal([8, 6, 6].map((code_digits) => ({ kind: "totp", code_digits, open: false })));
  });

  it("get text messages at the number that they have proved, and check one that they have not", async () => {
    const file = [
      "username,name,mobile number,mobile number confirmed",
      "anna,Anna,0612345678,yes",
      "ben,Ben,0612345679,no",
      "cora,Cora,0612345670,",
    ].join("\n");
    await importFile(services, office, { file });
    expect(
      await rows(
        `select n.state, f.kind from users u join mobile_numbers n on n.user_id = u.id
         left join factors f on f.user_id = u.id where u.office_id = $1 order by u.username`,
      ),
    ).to.deep.equal([
      { state: "confirmed", kind: "sms" },
      { state: "unconfirmed", kind: null },
      { state: "unconfirmed", kind: null },
    ]);
    expect(
      await rows(
        "select type, details ->> 'kind' as kind from audit_events where office_id = $1 and type like 'factor%'",
      ),
    ).to.deep.equal([{ type: "factor.imported", kind: "sms" }]);
  });

  it("T166 have each fault of an app or a number named with its line", async () => {
    const heading =
      "username,name,mobile number,mobile number confirmed,totp secret,totp algorithm,totp digits,totp period";
    const bad = [
      ["maybe", "0612345678,maybe,,,,", "confirmed-unknown"],
      ["none", ",yes,,,,", "confirmed-without-number"],
      ["short", ",,JBSWY3DP,,,", "totp-invalid"],
      ["long", `,,${"A".repeat(104)},,,`, "totp-invalid"],
      ["letters", ",,JBSWY3DPEHPK3PX1,,,", "totp-invalid"],
      ["alone", ",,,sha1,,", "totp-invalid"],
      ["md5", ",,JBSWY3DPEHPK3PXP,md5,,", "totp-parameters"],
      ["digits", ",,JBSWY3DPEHPK3PXP,,4,", "totp-parameters"],
      ["period", ",,JBSWY3DPEHPK3PXP,,,1", "totp-parameters"],
      ["hour", ",,JBSWY3DPEHPK3PXP,,,3600", "totp-parameters"],
    ] as const;
    const file = [heading, ...bad.map(([name, cells]) => `${name},${name},${cells}`)].join("\n");
    const run = await checkFile(services, office, { file });
    expect(await verdictsOf(services, run)).to.deep.equal(bad.map(([, , fault], at) => [at + 2, fault]));
  });
});

describe("a file of JSON Lines", () => {
  const world = useServices();
  const { services } = world;
  const office = useFresh(() => world.makeOffice());

  it("is read like a CSV file, with its own names on each line, blank lines and a byte order mark", async () => {
    const file = `\u{feff}${JSON.stringify({ username: "zoë", name: "Zoë", "Mobile-Number": "06 12345678" })}\r\n\n${JSON.stringify({ name: "Ben", username: "ben", role: null, mail: "ben@mail.example" })}`;
    const run = await checkFile(services, office, { file });
    expect(run).to.include({ state: "checked", rows: 2, bad: 0 });
    await services.imports.apply.apply(run.id, {
      office,
      by: { id: "x", officeId: null, role: "operator" },
      invites: false,
    });
    const found = await asOwner(
      world.database,
      `select u.username, u.name, u.mail, n.number from users u left join mobile_numbers n on n.user_id = u.id
       where u.office_id = $1 order by u.username`,
      [office.id],
    );
    expect(found).to.deep.equal([
      { username: "ben", name: "Ben", mail: "ben@mail.example", number: null },
      { username: "zoë", name: "Zoë", mail: null, number: "+31612345678" },
    ]);
  });

  it("has its faults on their lines", async () => {
    const file = jsonLines([
      { username: "anna", name: "Anna" },
      { username: "x", name: "X" },
      { username: "Anna", name: "A" },
    ]);
    expect(await verdictsOf(services, await checkFile(services, office, { file }))).to.deep.equal([
      [2, "username-invalid"],
      [3, "username-repeated"],
    ]);
  });

  const good = JSON.stringify({ username: "anna", name: "Anna" });
  const broken = {
    "a line that is no JSON": ["json", `${good}\n{"username":`],
    "a list": ["json", `${good}\n["anna"]`],
    "a number": ["json", `${good}\n1`],
    "an object in an object": ["json", `${good}\n{"username":"b","name":{"first":"B"}}`],
    "an object with nothing in it": ["json", `${good}\n{}`],
    "an escape that PostgreSQL cannot store": ["json", `${good}\n{"username":"b","name":"a\\u0000b"}`],
    "half a letter": ["json", `${good}\n{"username":"b","name":"\\ud800"}`],
    "a member that no column has": ["column-unknown", `${good}\n{"username":"b","name":"B","salary":1}`],
    "a column twice": ["column-twice", `${good}\n{"username":"b","name":"B","Name":"C"}`],
    "no name": ["column-missing", `${good}\n{"username":"b"}`],
    "a list where no column has one": ["json", `${good}\n{"username":"b","name":["B"]}`],
    "a line without an end": ["row-too-long", `${good}\n{"username":"${"b".repeat(17_000)}"}`],
  } as const;
  for (const [what, [code, file]] of Object.entries(broken)) {
    it(`is refused as a whole for ${what}, with its line`, async () => {
      const run = await checkFile(services, office, { file });
      expect(run.state).to.equal("refused");
      expect(run.fault).to.deep.include({ code, line: 2 });
    });
  }
});
