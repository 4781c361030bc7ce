import type { Services } from "./compose.ts";
import type { PeopleDeps } from "../../screens/console/console-deps.ts";
import { PersonStandingStore } from "../../screens/console/person-standing-store.ts";
import { systemClock } from "../../kernel/clock.ts";

/** What the console's pages about users are made of. */
export function composePeoplePages(services: Services): PeopleDeps {
  const { settings, database, users, offices, lists, auditLog, administration } = services;
  const { people, edit, help, trust, resetRequests } = administration;
  return {
    list: lists.users,
    overview: lists.overview,
    standing: new PersonStandingStore(database, settings.secondFactorGuard.frozenFrom),
    events: auditLog.list,
    ...{ people, edit, help, trust, resetRequests },
    find: (officeId, id) => database.inOffice(officeId, (tx) => users.find(tx, id)),
    findByUsername: (officeId, username) => users.findByUsername(officeId, username),
    officeIdOf: async (code) => (await offices.findByCode(code))?.id ?? null,
    clock: systemClock,
  };
}
