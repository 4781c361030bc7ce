import { expect } from "chai";
import { asOwner } from "../../support/database.ts";
import { csvFile } from "../../support/csv-file.ts";
import { makeOffice, makeUser, type TestOffice } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("the users of an office as a file", () => {
  const stage = useServices();
  let north: TestOffice;

  before(async function () {
    this.timeout(120_000);
    const { services } = stage;
    north = await makeOffice(services);
    const office = await services.offices.find(north.id);
    const file = csvFile(
      "username;name;mobile number;mail\nanna;=1+1;06 12345678;anna@noord.example\nbram;Bram, de;0687654321;\ncees;Cees;;\n",
    );
    const by = { id: "test", officeId: north.id, role: "superuser" } as const;
    if (office === null) {
      throw new Error("The office is missing.");
    }
    const { id } = await services.imports.importer.check(office, file, by);
    await services.imports.apply.apply(id, { office: north, by, invites: false });
    await asOwner(stage.database, "update mobile_numbers set state = 'confirmed' where number like '%4321'");
    await makeUser(services, await makeOffice(services), { username: "somebody-else" });
  });

  const exported = async () => {
    let file = "";
    for await (const piece of stage.services.imports.userExport.write(north.id, "test")) {
      file += piece;
    }
    return file.split("\r\n");
  };

  it("are those of the office alone, without a formula, a secret or a number that is a factor", async () => {
    expect(await exported()).to.deep.equal([
      '\u{feff}"username","name","mail","mobile number","language","role","status","number state","second factor","last sign-in"',
      `"anna","'=1+1","anna@noord.example","'+31612345678","","user","active","unconfirmed","none",""`,
      `"bram","Bram, de","","'+31 •• ••• 321","","user","active","confirmed","none",""`,
      '"cees","Cees","","","","user","active","","none",""',
      "",
    ]);
  });

  it("are written down in the audit log", async () => {
    const before = await asOwner(stage.database, "select from audit_events where type = 'users.exported'");
    await exported();
    const events = await asOwner<{ actor: string }>(
      stage.database,
      "select actor from audit_events where type = 'users.exported' and office_id = $1",
      [north.id],
    );
    expect(events).to.have.length(before.length + 1);
    expect(events.at(-1)?.actor).to.equal("test");
  });
});
