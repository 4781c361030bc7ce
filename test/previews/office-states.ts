import { putInto, type DemoState } from "../../demo/demo-states.ts";
import type { Asked } from "../../src/domain/access/approval.ts";
import { supportOffice } from "../support/console.ts";
import { withSeals } from "../support/audit-rows.ts";
import { asOwner } from "../support/database.ts";
import { makeOffice, makeUser, type TestOffice } from "../support/people.ts";
import type { World } from "./world.ts";

/** Offices in which something has happened already, made past the pages. */

const ofDatabase = ({ demo }: World) => demo.vestibule.database;

/** Thirty days of sign-ins, refusals and text messages, and one event of each kind that a superuser should know of. */
export async function fillLog(world: World, office: TestOffice): Promise<void> {
  const { id } = office;
  await addPeople(world, office);
  await asOwner(
    ofDatabase(world),
    withSeals(`insert into audit_events (home, at, office_id, type, outcome, actor)
     select home_of($1::uuid), now() - make_interval(days => day), $1::uuid, 'sms.sent', 'ok', 'vestibule'
       from generate_series(0, 6) day, generate_series(1, 40 - 5 * day) message
     union all
     select home_of($1::uuid), now() - make_interval(days => day), $1::uuid, 'sign-in', 'ok', 'x'
       from generate_series(0, 29) day, generate_series(1, 30 + (day * 37) % 23 - 20 * (day % 7 / 5)) message
     union all
     select home_of($1::uuid), now() - make_interval(days => day), $1::uuid, 'code.wrong', 'refused', 'x'
       from generate_series(0, 29) day, generate_series(1, (day * 13) % 7) message
     union all
     select home_of($1::uuid), now(), $1, type, outcome, 'vestibule' from (values ('factor.reset', 'ok'), ('users.imported', 'ok'),
       ('number.change-requested', 'ok'), ('token.reused', 'alarm'), ('sms.budget', 'alarm')) event (type, outcome)`),
    [id],
  );
  await world.demo.vestibule.services.stores.auditSeals.seal(10_000);
}

/** A user with an app, one with text messages, and one with nothing. */
export async function addPeople({ demo }: World, office: TestOffice): Promise<void> {
  const { services } = demo.vestibule;
  const states: readonly [string, DemoState][] = [
    ["Bram Jansen", "enrolled"],
    ["Gina Bos", "sms"],
    ["Anna de Vries", "new"],
  ];
  for (const [name, state] of states) {
    const { username } = await makeUser(services, office, { name });
    const user = await services.users.findByUsername(office.id, username);
    if (user !== null) {
      await putInto(services, user, state);
    }
  }
}

/** A user who was disabled. */
export const disable = (world: World, userId: string) =>
  asOwner(ofDatabase(world), "update users set status = 'disabled' where id = $1", [userId]);

/** Another member of support has asked to help a new superuser, or to make another one; answers the page of that user. */
export async function askForApproval(world: World, asked: Asked): Promise<string> {
  const { services } = world.demo.vestibule;
  const support = await supportOffice(services);
  const by = await makeUser(services, support, { role: "support", name: "Dana Mol" });
  const office = await makeOffice(services);
  const superuser = await makeUser(services, office, { role: "superuser" });
  const { id, username } = asked.action === "role" ? await makeUser(services, office) : superuser;
  if (asked.action === "enable") {
    await disable(world, id);
  }
  const user = await services.users.findByUsername(office.id, username);
  if (user === null) {
    throw new Error("There is no such user.");
  }
  const help = {
    by: { id: by.id, officeId: support.id, role: "support" },
    reason: "Phone stolen; called back",
    office,
  } as const;
  const { type } = await services.administration.approvals.request(user, asked, help);
  if (type !== "requested") {
    throw new Error(`It is not requested, but ${type}.`);
  }
  return `/console/o/${office.code}/users/${user.id}`;
}

/** An event was changed after it had been sealed. */
export async function breakChain(world: World, { id }: TestOffice): Promise<void> {
  const { auditSeals: seals } = world.demo.vestibule.services.stores;
  while ((await seals.seal(100)) > 0);
  await asOwner(ofDatabase(world), "update audit_events set actor = 'somebody' where office_id = $1", [id]);
}

/** A file of so many lines, as far as that. */
export async function putImport(world: World, { id }: TestOffice, run: ImportState): Promise<void> {
  const { state, rows, added = 0, invited = 0 } = run;
  await asOwner(
    ofDatabase(world),
    `insert into import_runs (home, id, office_id, actor, state, rows, added, invites, invited, made_at, moved_at, ends_at)
     values (home_of($1), gen_random_uuid(), $1, 'x', $2, $3, $4, $5 > 0, $5, now(), now(), now() + interval '1 day')`,
    [id, state, rows, added, invited],
  );
}

export interface ImportState {
  readonly state: "reading" | "checked" | "applied";
  readonly rows: number;
  readonly added?: number;
  readonly invited?: number;
}

/** A webhook of an office, or of the platform (null), with a log: something delivered, something refused, something that waits. */
export async function addWebhook({ demo }: World, officeId: string | null): Promise<void> {
  const { services, database } = demo.vestibule;
  const { service } = services.webhooks;
  const by = { id: "command line", officeId: null, role: "operator" } as const;
  const draft =
    officeId === null
      ? { name: "Operations", url: "https://operations.example/events", types: ["office.deleted"] }
      : {
          ...{ name: "Staff directory", url: "https://directory.example/events" },
          types: ["user.added", "user.disabled", "user.role-changed"],
        };
  const { webhook } = await service.add(officeId, draft, by);
  // No worker is to change the picture.
  await asOwner(database, "update webhooks set claimed_until = now() + interval '1 day' where id = $1", [
    webhook.id,
  ]);
  for (const state of ["delivered", "given-up", "waiting"] as const) {
    const id = await service.test(webhook);
    const status = { delivered: 204, "given-up": 500, waiting: null }[state];
    const fault = state === "waiting" ? "ECONNREFUSED" : null;
    await asOwner(
      database,
      `update webhook_deliveries set state = $2, status = $3, fault = $4, type = $5, attempts = 2, duration_ms = 87,
         due_at = now() + interval '1 day', tried_at = now() where id = $1`,
      [id, state, status, fault, draft.types[0]],
    );
  }
}
