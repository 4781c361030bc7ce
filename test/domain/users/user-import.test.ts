import { expect } from "chai";
import { ofAllHomes } from "../../support/homeless-statements.ts";
import type { Office } from "../../../src/domain/offices/office.ts";
import type { ImportRun } from "../../../src/domain/users/user-import-model.ts";
import type { Actor } from "../../../src/domain/access/actor.ts";
import type { Role } from "../../../src/domain/access/role.ts";
import { OPERATOR } from "../../support/actors.ts";
import { asOwner } from "../../support/database.ts";
import { csvFile, type CsvFile } from "../../support/csv-file.ts";
import { makeOffice, makeUser, type TestOffice } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";
import { useFresh } from "../../support/suite-resource.ts";

const HEADING = "username,name,mail,mobile number,language,role";

describe("users that come as a file", () => {
  const stage = useServices();
  const north = useFresh(() => makeOffice(stage.services));

  const of = (role: Role): Actor => ({ id: "x", officeId: north.id, role });
  const officeOf = async ({ id }: TestOffice): Promise<Office> => {
    const office = await stage.services.offices.find(id);
    if (office === null) {
      throw new Error("The office is missing.");
    }
    return office;
  };
  const check = async (file: string | Uint8Array | CsvFile, importer: Actor = OPERATOR) =>
    stage.services.imports.importer.check(await officeOf(north), csvFile(file), importer);
  const apply = (run: ImportRun, how: { invites?: boolean; by?: Actor } = {}) =>
    stage.services.imports.apply.apply(run.id, { office: north, by: OPERATOR, invites: false, ...how });
  const verdicts = async (run: ImportRun) => {
    const found = await stage.services.imports.importer.faults(run, { after: 0, limit: 100 });
    return found.map(({ line, faults }) => [
      line,
      ...faults.map(({ code, about }) => `${code} ${about}`.trim()),
    ]);
  };
  const people = (columns: string) =>
    asOwner<Record<string, unknown>>(
      stage.database,
      `select ${columns} from users u left join mobile_numbers n on n.user_id = u.id where u.office_id = $1 order by username`,
      [north.id],
    );

  it("are there with all of the file after it was applied, and not before", async () => {
    const run = await check(
      `${HEADING}\nzoë,Zoë Müller,zoe@noord.example,06 12345678,nl,accountant\nJan,Jan Smit,,,,\n`,
    );
    expect(run).to.include({ state: "checked", rows: 2, bad: 0, added: 0 });
    expect(await people("username"), "after the dry run").to.be.empty;
    expect(await apply(run)).to.deep.equal({ type: "applied", added: 2 });
    expect(
      await people("username, username_key, name, mail, role, language, number, state, entered_by"),
    ).to.deep.equal([
      {
        ...{
          username: "Jan",
          username_key: "jan",
          name: "Jan Smit",
          mail: null,
          role: "user",
          language: null,
        },
        ...{ number: null, state: null, entered_by: null },
      },
      {
        ...{ username: "zoë", username_key: "zoë", name: "Zoë Müller", mail: "zoe@noord.example" },
        ...{ role: "accountant", language: "nl", number: "+31612345678" },
        ...{ state: "unconfirmed", entered_by: "administrator" },
      },
    ]);
  });

  it("are written down one by one in the audit log, and once as a file", async () => {
    await apply(await check(`${HEADING}\njan,Jan,,0612345678,,\npiet,Piet,,,,superuser\n`));
    const events = await asOwner<{ type: string; role: string | null }>(
      stage.database,
      `select type, details ->> 'role' as role from audit_events where office_id = $1 and type <> 'office.added' order by type, role`,
      [north.id],
    );
    expect(events).to.deep.equal([
      { type: "number.entered", role: null },
      { type: "user.added", role: "superuser" },
      { type: "user.added", role: "user" },
      { type: "users.imported", role: null },
    ]);
  });

  it("get a verdict line by line, and none of them is added while one is bad", async () => {
    await makeUser(stage.services, north, { username: "sanne" });
    const run = await check(
      [
        HEADING,
        "SANNE,Sanne,,,,",
        "ok,Ok,,,,",
        "Ｏｋ,Wide,,,,",
        "x,,nobody,12,xx,boss",
        "a1,A,,+1 212 555 2368,,",
        "a2,A,,020 1234567,,",
        "a3,A,,,,,more",
      ].join("\n"),
    );
    expect(run).to.include({ state: "checked", rows: 7, bad: 6 });
    expect(await verdicts(run)).to.deep.equal([
      [2, "username-taken"],
      [4, "username-repeated 3"],
      [
        5,
        ...[
          "username-invalid",
          "name-invalid",
          "mail-invalid",
          "role-unknown",
          "language-unknown",
          "number-invalid",
        ],
      ],
      [6, "number-country"],
      [7, "number-not-mobile"],
      [8, "cells-too-many"],
    ]);
    expect(await apply(run)).to.deep.equal({ type: "refused" });
    expect(await people("username")).to.deep.equal([{ username: "sanne" }]);
  });

  it("have their verdicts as a file, in words, with no formula in it", async () => {
    const run = await check(`${HEADING}\n=1+1,Formula,,,,\njan,Jan,,,,\njan,Jan,,,,\n`);
    const { heading, row } = stage.services.imports.words("en");
    let file = "";
    for await (const piece of stage.services.imports.importer.result(run, { heading, describe: row })) {
      file += piece;
    }
    expect(file.split("\r\n")).to.deep.equal([
      '\u{feff}"line","username","result"',
      `"2","'=1+1","The username must have 2 to 100 Latin letters, digits, spaces or . _ - @ + '."`,
      '"3","jan","Good."',
      '"4","jan","The username is already on line 3."',
      "",
    ]);
  });

  it("T88 never get a role above that of the importing administrator", async () => {
    const file = `${HEADING}\nspy,Spy,,,,support\n`;
    expect(await verdicts(await check(file)), "support").to.deep.equal([[2, "role-above"]]);
    expect(await verdicts(await check(file, of("superuser")))).to.deep.equal([[2, "role-above"]]);
    for (const role of ["user", "accountant"] as const) {
      const refused = await check(`${HEADING}\njan,Jan,,,,\n`, of(role)).catch((error: unknown) => error);
      expect(refused, role).to.include({ kind: "forbidden" });
    }
    const run = await check(`${HEADING}\njan,Jan,,,,superuser\n`);
    expect(await apply(run, { by: of("user") }), "applied by another administrator").to.deep.equal({
      type: "role",
    });
    expect(await people("username")).to.be.empty;
  });

  it("T88 never join the platform's own staff", async () => {
    const support = await stage.services.officeService.supportOffice("Vestibule", "test");
    const refused = stage.services.imports.importer.check(
      support,
      csvFile(`${HEADING}\njan,Jan,,,,\n`),
      OPERATOR,
    );
    expect(await refused.catch((error: unknown) => error)).to.include({ kind: "forbidden" });
  });

  it("T89 bring nothing but the columns that a file may have", async () => {
    for (const column of [
      "id",
      "office_id",
      "password",
      "password_expired",
      "failed_attempts",
      "status",
      "phone_confirmed_at",
      "__proto__",
    ]) {
      const run = await check(`${HEADING},${column}\njan,Jan,,,,,1\n`);
      expect(run.state, column).to.equal("refused");
      expect(run.fault, column).to.deep.include({ code: "column-unknown", line: 1 });
    }
    await apply(await check(`${HEADING}\njan,Jan,,06 12345678,,\n`));
    const [row] = await people(
      "u.status, u.password_expired, u.mailbox_hold_until, n.state, n.pending_number, u.office_id as office",
    );
    expect(row).to.deep.equal({
      ...{ status: "active", password_expired: false, mailbox_hold_until: null },
      ...{ state: "unconfirmed", pending_number: null, office: north.id },
    });
  });

  it("have a password that nobody knows, and cost one hash for the whole file", async () => {
    await apply(await check(`${HEADING}\njan,Jan,,,,\npiet,Piet,,,,\n`));
    const hashes = await people("password_hash as hash, password_changed_at = u.created_at as untouched");
    expect(hashes[0]?.["hash"])
      .to.match(/^\$argon2id\$/)
      .and.equal(hashes[1]?.["hash"]);
    expect(hashes.map(({ untouched }) => untouched)).to.deep.equal([true, true]);
  });

  it("are refused as a file with the line and the reason, in words", async () => {
    const words = stage.services.imports.words("en");
    const messageFor = async (file: string | Uint8Array) => {
      const run = await check(file);
      expect(run.state).to.equal("refused");
      return run.fault === null ? "" : words.file(run.fault);
    };
    expect(await messageFor(Buffer.from("PK\u{3}\u{4}..."))).to.contain("zip file");
    expect(await messageFor(`${HEADING}\n`)).to.equal("The file contains no users.");
    expect(await messageFor("username;achternaam\njan;Jan\n")).to.contain(
      'Line 1: Unknown columns: "achternaam"',
    );
    expect(await messageFor(`${HEADING}\njan,"Jan\n`)).to.contain("quotation mark");
    expect(await messageFor("a\0b")).to.contain("not a text file");
  });

  it("are added once, however often and by however many the file is applied", async () => {
    const run = await check(
      `${HEADING}\n${Array.from({ length: 50 }, (_, n) => `user${String(n)},U,,,,`).join("\n")}\n`,
    );
    const results = await Promise.all(Array.from({ length: 8 }, () => apply(run)));
    expect(results.filter(({ type }) => type === "applied")).to.have.length(1);
    expect((await apply(run)).type).to.equal("refused");
    expect(await people("username")).to.have.length(50);
  });

  it("are all left out when one username was taken since the dry run, which then says so", async () => {
    const run = await check(`${HEADING}\njan,Jan,,,,\npiet,Piet,,,,\n`);
    await makeUser(stage.services, north, { username: "PIET" });
    expect(await apply(run)).to.deep.equal({ type: "changed" });
    expect(await people("username")).to.deep.equal([{ username: "PIET" }]);
    expect(await verdicts(run)).to.deep.equal([[3, "username-taken"]]);
    expect(await stage.services.imports.importer.find(north.id, run.id)).to.include({
      state: "checked",
      bad: 1,
      added: 0,
    });
  });

  it("wait for one file at a time: a new one takes the place of the old", async () => {
    const first = await check(`${HEADING}\njan,Jan,,,,\n`);
    const second = await check(`${HEADING}\npiet,Piet,,,,\n`);
    expect(await apply(first)).to.deep.equal({ type: "refused" });
    expect((await stage.services.imports.importer.findLatest(north.id))?.id).to.equal(second.id);
    const rows = await asOwner(stage.database, "select from import_rows where run_id = $1", [first.id]);
    expect(rows).to.be.empty;
  });

  it("leave nothing behind when the upload breaks off", async () => {
    const broken = async function* () {
      yield await Promise.resolve(Buffer.from(`${HEADING}\njan,Jan,,,,\n`));
      throw new Error("connection lost");
    };
    const fault = await check(broken()).catch((error: unknown) => error);
    expect(fault).to.include({ message: "connection lost" });
    const run = await stage.services.imports.importer.findLatest(north.id);
    expect(run?.state).to.equal("dropped");
    expect(await asOwner(stage.database, "select from import_rows where office_id = $1", [north.id])).to.be
      .empty;
  });

  it("T87 are another office's business: its run is not there for this one", async () => {
    const run = await check(`${HEADING}\njan,Jan,,,,\n`);
    const south = await makeOffice(stage.services);
    const { importer, apply: application } = stage.services.imports;
    const foreign = { ...run, officeId: south.id };
    expect(await importer.find(south.id, run.id)).to.equal(null);
    expect(await importer.drop(foreign)).to.equal(false);
    expect(await importer.faults(foreign, { after: 0, limit: 10 })).to.be.empty;
    expect(await application.apply(run.id, { office: south, by: OPERATOR, invites: false })).to.deep.equal({
      type: "refused",
    });
    const careless = await stage.services.database.inOffice(south.id, (tx) =>
      tx.query({
        name: "careless_import",
        text: ofAllHomes("update import_rows set name = 'x' returning 1"),
      }),
    );
    expect(careless).to.be.empty;
    expect((await apply(run)).type).to.equal("applied");
  });
});
