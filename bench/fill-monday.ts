import { BEGINS } from "../src/domain/users/user-effects.ts";
import { openEmbeddedDatabase } from "../src/platform/embedded-postgres/embedded.ts";
import { asOwner } from "./as-owner.ts";
import { officeId, userId } from "./fill-ids.ts";
import { OFFICE } from "./fixtures.ts";

const QUIET = "QUIET-";
const NAME = "monday-";

/** The office whose people come at the same time. */
export const CROWDED_OFFICE = "MONDAY";
/** Each of these has one of the people who are spread. */
export const quietOffice = (number: number): string => `${QUIET}${String(number)}`;
/** In the crowded office and in a quiet one: the same names, so that the forms are as long. */
export const personName = (number: number): string => `${NAME}${String(number)}`;

/** Puts people twice into the database of a running Vestibule: all in one office, and each in an office alone. */
export async function fillMonday(dataDir: string, people: number): Promise<void> {
  const embedded = await openEmbeddedDatabase({ dataDir, log: () => undefined });
  try {
    await asOwner(embedded.ownerUrl, async (owner) => {
      await owner.query(OFFICES, [people]);
      await owner.query(SUBJECTS, [people]);
      await owner.query(PEOPLE, [people, OFFICE.code]);
      await owner.query("vacuum (analyze)");
    });
  } finally {
    await embedded.close();
  }
}

/** Office 0 has everyone; the person with the number n is there, and in office n as well. */
const CROWD = officeId("0");
const BOTH = `generate_series(0, $1::integer - 1) n cross join lateral
  (values (${CROWD}, ${userId("n", CROWD)}), (${officeId("(n + 1)")}, ${userId("n", officeId("(n + 1)"))})) p (office, person)`;

const OFFICES = `
  insert into offices (id, code, name, created_at, changed_at)
  select ${officeId("n")}, case n when 0 then '${CROWDED_OFFICE}' else '${QUIET}' || (n - 1) end, 'Office ' || n, now(), now()
  from generate_series(0, $1::integer) n`;

const SUBJECTS = `
  insert into subjects (home, id, office_id) select home_of(p.office), p.person, p.office from ${BOTH}`;

/** With the password of the people that the server was seeded with. */
const PEOPLE = `
  with added as (
    insert into users (home, id, office_id, username, username_key, name, mail, password_hash, password_changed_at, valid_from,
      created_at, changed_at)
    select home_of(p.office), p.person, p.office, '${NAME}' || n, '${NAME}' || n, 'Monday ' || n, '${NAME}' || n || '@bench.example',
      (select u.password_hash from users u join offices o on o.id = u.office_id where o.code = $2 limit 1), now(), now(), now(), now()
    from ${BOTH} returning home, id, office_id, mail), ${BEGINS}
  select from added`;
