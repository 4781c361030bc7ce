import type { User } from "../../src/domain/users/user.ts";
import { asOwner } from "./database.ts";
import { giveNumber } from "./mobile-numbers.ts";
import type { TestOffice, TestUser } from "./people.ts";
import { giveApp } from "./second-factor.ts";
import { giveSessions } from "./stored-sessions.ts";
import type { World } from "./use-vestibule.ts";

/** An office with its superuser, and a user with an app and a number: two of them differ by their ids alone. */
export interface Place {
  readonly office: TestOffice;
  readonly lead: TestUser;
  readonly user: User;
}

export async function makePlace(world: World): Promise<Place> {
  const office = await world.makeOffice({ name: "Noord" });
  const lead = await world.makeUser({ role: "superuser", name: "Lead", mail: "lead@mail.example" }, office);
  const { id } = await world.makeUser(
    { username: "ines", name: "Ines Smit", mail: "ines@mail.example" },
    office,
  );
  const made = { id, office, username: "ines", password: "" };
  await giveApp(world.services, made);
  await giveNumber(world.services, made);
  await giveSessions(world.database, made);
  const user = await world.services.users.findByUsername(office.id, "ines");
  if (user === null) {
    throw new Error("The user is not there.");
  }
  return { office, lead, user };
}

/** What was done in an office by an actor, without what differs between any two offices. */
export async function tracesOf(world: World, { office }: Pick<Place, "office">, actor: string) {
  const events = await asOwner<{ type: string; outcome: string; details: unknown }>(
    world.database,
    "select type, outcome, details from audit_events where office_id = $1 and actor = $2 order by id",
    [office.id, actor],
  );
  const messages = await asOwner<{ kind: string; number: number }>(
    world.database,
    "select channel as kind, count(*)::integer as number from messages where office_id = $1 group by 1 order by 1",
    [office.id],
  );
  const users = await asOwner(
    world.database,
    "select name, mail, status, version from users where office_id = $1 and username = 'ines'",
    [office.id],
  );
  return { events, messages, users };
}
