import { expect } from "chai";
import { join } from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { OfficeService } from "../../../src/domain/offices/office-service.ts";
import { aroundMethod } from "../../support/around-method.ts";
import { asOwner } from "../../support/database.ts";
import { runProgram, useInstallation } from "../installation.ts";
import { changed, Operator, type Applied } from "./site.ts";

const users = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    username: `user${String(index).padStart(2, "0")}`,
    name: `User ${String(index)}`,
    mail: `user${String(index)}@west.example`,
    role: index === 0 ? "superuser" : index < 5 ? "accountant" : "user",
  }));

const WEST = {
  code: "WEST",
  name: "West",
  secondFactor: { demand: "required", from: null, methods: ["totp", "passkey"] },
  phishingResistance: { of: "superusers", from: "2099-01-31" },
  applications: [
    {
      name: "Ledger",
      type: "web",
      redirectUris: ["https://ledger.example.com/callback"],
      jwks: "file:keys.json",
      authentication: "private_key_jwt",
    },
    { name: "Old", type: "machine", isDisabled: true },
  ],
  users: users(50),
};
const KEYS = {
  keys: [
    {
      kty: "EC",
      crv: "P-256",
      kid: "one",
      use: "sig",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
  ],
};
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10v10z" fill="#0b6e4f"/></svg>';

describe("vestibule apply, with a whole office", function () {
  this.timeout(120_000);
  const here = useInstallation();
  let operator: Operator;
  const officesOf = async () =>
    (await here.ask(["office", "list"])) as unknown as { code: string; status: string }[];
  const usersOf = async (office: string) =>
    (await here.ask(["user", "list", "--office", office])) as unknown as { username: string; role: string }[];

  before(async () => {
    operator = new Operator(here);
    operator.write(JSON.stringify(KEYS), "keys.json");
    operator.write(LOGO, "logo.svg");
    await operator.apply({ offices: [WEST] });
  });

  it("sets an office of fifty up, in one transaction", async () => {
    expect(await usersOf("WEST")).to.have.length(50);
    const [row] = await asOwner<{ transactions: string }>(
      here.database,
      "select count(distinct xmin::text)::text as transactions from users",
    );
    expect(row).to.deep.equal({ transactions: "1" });
    expect((await operator.apply({ offices: [WEST] })).groups).to.deep.equal([]);
  });

  it("takes a logo once, and takes it away", async () => {
    const asked = (logo: string | null) => ({ offices: [{ code: "WEST", logo }] });
    expect(changed(await operator.apply(asked("file:logo.svg")))).to.deep.equal([
      ["change office WEST", "logo"],
    ]);
    expect((await operator.apply(asked("file:logo.svg"))).groups).to.deep.equal([]);
    expect(changed(await operator.apply(asked(null)))).to.deep.equal([["change office WEST", "logo"]]);
  });

  it("is exported in the form that changes nothing, and that makes the same elsewhere", async () => {
    const { out } = await here.run(["export", "--users"]);
    const file = join(operator.directory, "exported.yaml");
    writeFileSync(file, out);
    expect((await here.run(["apply", "--file", file])).out).to.contain("Nothing to change");
    expect(await elsewhere(out)).to.equal(out);
  });

  async function elsewhere(exported: string): Promise<string> {
    const file = join(operator.directory, "elsewhere.yaml");
    writeFileSync(file, exported);
    const ended = await runProgram(second.environment, ["apply", "--file", file]);
    expect(ended.code, ended.error).to.equal(0);
    return (await runProgram(second.environment, ["export", "--users"])).out;
  }
  const second = useInstallation();

  it("T199 is exported without a secret, and without people unless they are asked for", async () => {
    const { out } = await here.run(["export"]);
    expect(out)
      .to.contain("Ledger")
      .and.not.contain("user00")
      .and.not.match(/secret|(?<!is)password/i);
    const rows = await asOwner<{ secret: string }>(
      here.database,
      "select encode(secret_hash, 'base64') as secret from applications where secret_hash is not null",
    );
    rows.forEach(({ secret }) => expect(out).to.not.contain(secret));
  });

  it("T199 does an office as a whole or not at all, and says what was done before", async () => {
    const site = {
      offices: [
        { code: "EERST", name: "Eerst", applications: [{ name: "First", type: "machine" }] },
        {
          ...{ code: "MIS", name: "Mis", applications: [{ name: "Lost", type: "machine" }] },
          users: [
            { username: "goed", name: "Goed" },
            { username: "fout", name: "Fout", mobile: "no number" },
          ],
        },
        { code: "LAATST", name: "Laatst" },
      ],
    };
    const { code, out, error } = await operator.type(site);
    expect({ code, out }).to.deep.equal({ code: 1, out: "" });
    expect(error)
      .to.contain("office MIS: fout: must be a mobile number")
      .and.contain("Nothing of it was done. Done before: office EERST.")
      .and.match(/Application First: client id app_\S+, secret \S+ \(shown once\)/)
      .and.not.contain("Lost");
    expect((await officesOf()).map(({ code: each }) => each)).to.have.members(["EERST", "WEST"]);
    const events = await asOwner(
      here.database,
      "select 1 from audit_events where details ->> 'code' = 'MIS'",
    );
    expect(events).to.deep.equal([]);
  });

  it("says what was done, and shows the secrets of it, when the database is lost on the way", async () => {
    let calls = 0;
    const restore = aroundMethod(OfficeService, "add", (add) => {
      calls += 1;
      return calls === 1 ? add() : Promise.reject(Object.assign(new Error("terminated"), { code: "57P01" }));
    });
    try {
      const office = (code: string) => ({
        code,
        name: code,
        applications: [{ name: `Of ${code}`, type: "machine" }],
      });
      const { code, error } = await operator.type({ offices: [office("VOOR"), office("DAARNA")] });
      expect(code).to.equal(1);
      expect(error)
        .to.match(/^office DAARNA: Cannot use the database: it /)
        .and.contain("Look with --plan whether it was done. Done before: office VOOR.")
        .and.match(/Application Of VOOR: client id app_\S+, secret \S+ \(shown once\)/);
    } finally {
      restore();
    }
    expect((await officesOf()).map(({ code }) => code))
      .to.include("VOOR")
      .and.not.include("DAARNA");
  });

  it("keeps the last superuser, and the office as before", async () => {
    const wrong = { code: "WEST", name: "Other", users: [{ username: "user00", role: "user" }] };
    const { code, error } = await operator.type({ offices: [wrong] });
    expect(code).to.equal(1);
    expect(error).to.contain("the last active one of that role");
    expect(await here.ask(["office", "show", "WEST"])).to.deep.include({ name: "West" });
  });

  it("hands the role of the only superuser over in one file", async () => {
    const roles = (one: string, other: string) => ({
      offices: [
        {
          code: "WEST",
          users: [
            { username: "user00", role: one },
            { username: "user01", role: other },
          ],
        },
      ],
    });
    await operator.apply(roles("user", "superuser"));
    await operator.apply(roles("superuser", "accountant"));
    expect((await operator.apply({ offices: [WEST] })).groups).to.deep.equal([]);
  });

  it("disables the only superuser where the same file makes another one", async () => {
    const users = [
      { username: "user00", role: "superuser", status: "disabled" },
      { username: "user02", role: "superuser", status: "active" },
    ];
    await operator.apply({ offices: [{ code: "WEST", users }] });
    const back = [
      { username: "user00", status: "active" },
      { username: "user02", role: "accountant" },
    ];
    await operator.apply({ offices: [{ code: "WEST", users: back }] });
    expect((await operator.apply({ offices: [WEST] })).groups).to.deep.equal([]);
  });

  it("waits for another that runs at the same time, and then has nothing left to do", async () => {
    const site = {
      offices: [{ code: "SAMEN", name: "Samen", users: users(3), applications: WEST.applications }],
    };
    const both = await Promise.all([operator.apply(site), operator.apply(site)]);
    const counts = both.map(({ groups }: Applied) => groups.length);
    expect(counts.sort()).to.deep.equal([0, 1]);
    expect(await usersOf("SAMEN")).to.have.length(3);
  });

  it("T199 removes what is named alone, once, and nothing that the file has", async () => {
    const [old] = (await here.ask(["app", "list", "--office", "WEST"])) as unknown as {
      id: string;
      name: string;
    }[];
    const { id } = (
      (await here.ask(["app", "list", "--office", "WEST"])) as unknown as { id: string; name: string }[]
    ).find(({ name }) => name === "Old") ?? { id: "" };
    expect(old?.id).to.match(/^app_/);
    const names = ["--prune", `application:${id}`, "--prune", "user:west/USER49", "--prune", "office:EERST"];
    const less = { offices: [{ ...WEST, applications: WEST.applications.slice(0, 1), users: users(49) }] };
    expect((await operator.apply(less)).groups).to.deep.equal([]);
    const refused = await operator.type({ offices: [WEST] }, names);
    expect(refused.code).to.equal(1);
    expect(refused.error).to.equal(
      `--prune application:${id}: the file has it. Remove it from the file first.\n`,
    );
    const planned = await operator.type(less, [...names, "--plan"]);
    expect(planned.code, planned.error).to.equal(2);
    expect(planned.out)
      .to.contain(`- application Old (${id})`)
      .and.contain("- user user49")
      .and.contain("- office EERST");
    expect(await usersOf("WEST")).to.have.length(50);
    expect(changed(await operator.apply(less, names)).map(([what]) => what)).to.deep.equal([
      ...[`remove application Old (${id})`, "remove user user49", "remove office EERST"],
    ]);
    expect(await usersOf("WEST")).to.have.length(49);
    expect((await officesOf()).find(({ code }) => code === "EERST")?.status).to.equal("closed");
    expect((await operator.apply(less, names)).groups).to.deep.equal([]);
    const unknown = await operator.type(less, ["--prune", "everything"]);
    expect(unknown.error).to.contain("must be office:CODE, application:CLIENT-ID, webhook:CODE/NAME, ");
  });

  it("prints a plan for people, with what is and what would be", async () => {
    const { code, out } = await operator.type(
      { offices: [{ code: "WEST", name: "Wester", sessionMinutes: 60 }] },
      ["--plan"],
    );
    expect({ code, out }).to.deep.equal({
      code: 2,
      out: `office WEST
  ~ office WEST
      name: "West" → "Wester"
      sessionMinutes: null → 60

1 change would be made.
`,
    });
  });

  it("reads JSON as well, and the schema for editors accepts what it writes", async () => {
    const site = await here.ask(["export", "--users"]);
    const { Ajv2020 } = await import("ajv/dist/2020.js");
    const schema = JSON.parse(readFileSync("docs/site.schema.json", "utf8")) as object;
    const accepts = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    expect(accepts(site), JSON.stringify(accepts.errors)).to.equal(true);
    expect(accepts({ offices: [{ code: "WEST", nmae: "x" }] })).to.equal(false);
    expect((await operator.apply(JSON.stringify(site))).groups).to.deep.equal([]);
    expect(stringify(site)).to.contain("WEST");
  });
});
