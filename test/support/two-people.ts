import { expect } from "chai";
import type { Actor } from "../../src/domain/access/actor.ts";
import type { Asked } from "../../src/domain/access/approval.ts";
import type { Role } from "../../src/domain/access/role.ts";
import { makeActor, storedOffice, type TestActor } from "./actors.ts";
import { storedUser } from "./mobile-numbers.ts";
import { makeOffice, makeUser, type TestOffice, type TestUser } from "./people.ts";
import { giveApp } from "./second-factor.ts";
import type { World } from "./use-vestibule.ts";

export const REASON = "asked for in writing";
export const MAKE = { action: "role", role: "superuser" } as const;
export const UNMAKE = { action: "role", role: "user" } as const;

/** How many superusers an office has. */
export const STATES = { none: 0, one: 1, several: 2 } as const;

/** An office with a plain user, and its superusers, who have an app. */
export interface Place {
  readonly office: TestOffice;
  readonly plain: TestUser;
  readonly superusers: readonly TestActor[];
}

/** What one person alone does to superusers, and what two do together. */
export function twoPeople({ services }: Pick<World, "services">) {
  const stored = (user: TestUser) => storedUser(services, user);
  const officeOf = ({ office }: Place) => storedOffice(services, office);
  return {
    stored,
    officeOf,
    placeWith: async (state: keyof typeof STATES): Promise<Place> => {
      const office = await makeOffice(services);
      const plain = await makeUser(services, office);
      const superusers: TestActor[] = [];
      for (let count = 0; count < STATES[state]; count += 1) {
        const one = await makeActor(services, office, "superuser");
        await giveApp(services, one.user);
        superusers.push(one);
      }
      return { office, plain, superusers };
    },
    changeRole: async (place: Place, user: TestUser, { role, by }: { role: Role; by: Actor }) => {
      const of = { office: await officeOf(place), by };
      return (await services.administration.users.changeRole(await stored(user), role, of)).type;
    },
    ask: async ({ office }: Place, user: TestUser, { asked, by }: { asked: Asked; by: Actor }) =>
      services.administration.approvals.request(await stored(user), asked, { by, reason: REASON, office }),
    requested: async ({ office }: Place, user: TestUser, { asked, by }: { asked: Asked; by: Actor }) => {
      const help = { by, reason: REASON, office };
      const result = await services.administration.approvals.request(await stored(user), asked, help);
      const id = result.type === "requested" ? result.id : expect.fail(result.type);
      return { id, officeId: office.id };
    },
    approve: async (key: { id: string; officeId: string }, by: Actor) =>
      (await services.administration.approvals.approve(key, by)).type,
  };
}
