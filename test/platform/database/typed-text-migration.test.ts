import { expect } from "chai";
import type { Knex } from "knex";
import { down, up } from "../../../migrations/030_typed_text.ts";
import { asOwner } from "../../support/database.ts";
import { makeOffice, makeUser } from "../../support/people.ts";
import { useServices } from "../../support/use-vestibule.ts";

describe("users from before Turkish and German letters counted as others", () => {
  const stage = useServices();

  it("T150 keep their names, and of two that are one now the later gets a number", async () => {
    const office = await makeOffice(stage.services);
    const sql = (text: string, values: unknown[] = []) => asOwner(stage.database, text, values);
    const before = [
      ["ilker", "ilker"],
      ["İlkerr", "i\u0307lkerr"],
      ["STRAẞE", "straße"],
      ["İLKER", "i\u0307lker"],
    ] as const;
    for (const [place, [username, key]] of before.entries()) {
      const { id } = await makeUser(stage.services, office, { username: `user-${String(place)}` });
      await sql("update users set username = $2, username_key = $3 where id = $1", [id, username, key]);
    }
    // The migration uses this alone of Knex.
    const knex = { raw: (text: string) => sql(text) } as unknown as Knex;
    await down(knex);
    await up(knex);
    const rows = await asOwner<{ username: string; username_key: string; number: string }>(
      stage.database,
      "select username, username_key, left(id::text, 8) as number from users where office_id = $1 order by created_at",
      [office.id],
    );
    const { number = "" } = rows[3] ?? {};
    expect(rows.map(({ username, username_key: key }) => [username, key])).to.deep.equal([
      ["ilker", "ilker"],
      ["İlkerr", "ilkerr"],
      ["STRAẞE", "strasse"],
      [`İLKER-${number}`, `ilker-${number}`],
    ]);
    expect((await stage.services.users.findByUsername(office.id, "ilkerr"))?.username).to.equal("İlkerr");
  });
});
