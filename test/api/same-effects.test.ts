import { expect } from "chai";
import type { Actor } from "../../src/domain/access/actor.ts";
import type { User } from "../../src/domain/users/user.ts";
import { apiClient, type ApiClient } from "../support/api-client.ts";
import { asOwner } from "../support/database.ts";
import { BY_HAND } from "../support/outbox.ts";
import { makePlace, tracesOf } from "../support/traces.ts";
import { useVestibule } from "../support/use-vestibule.ts";

const REASON = "asked by the office";

/** One action by both doors: the service as the console calls it, and the request. */
interface Action {
  readonly name: string;
  readonly byConsole: (user: User, by: Actor) => Promise<unknown>;
  readonly byApi: (api: ApiClient, path: string) => Promise<{ readonly status: number }>;
}

describe("an action by the console and by the management API", () => {
  const world = useVestibule({ settings: BY_HAND, user: {} });
  const users = () => world.services.administration.users;
  const factors = () => world.services.administration.factors;

  const ACTIONS: readonly Action[] = [
    {
      name: "edit",
      byConsole: (user, by) =>
        users().edit(user, { version: user.version, name: "Ines de Smit", mail: "new@mail.example" }, by),
      byApi: (api, path) => api.patch(path, { name: "Ines de Smit", mail: "new@mail.example" }),
    },
    {
      name: "disable",
      byConsole: (user, by) => users().disable(user, by),
      byApi: (api, path) => api.post(`${path}/disable`),
    },
    {
      name: "end sessions",
      byConsole: (user, by) => users().endSessions(user, by),
      byApi: (api, path) => api.delete(`${path}/sessions`),
    },
    {
      name: "end one session",
      byConsole: (user, by) => users().endSession(user, "new", by),
      byApi: (api, path) => api.delete(`${path}/sessions/new`),
    },
    {
      name: "send a link",
      byConsole: (user, by) => users().sendPasswordLink(user, "password-reset", by),
      byApi: (api, path) => api.post(`${path}/password-link`, { purpose: "password-reset" }),
    },
    {
      name: "reset the factor",
      byConsole: (user, by) => factors().reset(user, { by, reason: REASON }),
      byApi: (api, path) => api.post(`${path}/factors/reset`, { reason: REASON }),
    },
    {
      name: "remove one method",
      byConsole: (user, by) => factors().removeMethod(user, { by, reason: REASON, removed: "totp" }),
      byApi: (api, path) => api.delete(`${path}/factors/totp?reason=${encodeURIComponent(REASON)}`),
    },
    {
      name: "unlock",
      byConsole: (user, by) => factors().unlock(user, { by, reason: REASON }),
      byApi: (api, path) => api.post(`${path}/factors/unlock`, { reason: REASON }),
    },
    {
      name: "enter a number",
      byConsole: (user, by) => factors().enterNumber(user, "+31687654321", { by, reason: REASON }),
      byApi: (api, path) => api.put(`${path}/number`, { number: "+31687654321", reason: REASON }),
    },
    {
      name: "delete the number",
      byConsole: (user, by) => factors().deleteNumber(user, { by, reason: REASON }),
      byApi: (api, path) => api.delete(`${path}/number?reason=${encodeURIComponent(REASON)}`),
    },
    {
      name: "change the role",
      byConsole: async (user, by) => {
        const office = await world.services.offices.find(user.officeId);
        return office === null ? null : users().changeRole(user, "accountant", { office, by });
      },
      byApi: (api, path) => api.put(`${path}/role`, { role: "accountant" }),
    },
    {
      name: "delete",
      byConsole: (user, by) => users().delete(user, { by, reason: "left" }),
      byApi: (api, path) => api.delete(`${path}?reason=left`),
    },
  ];

  /** So that there is a lockout to end. */
  const lockOut = (...ids: string[]) =>
    asOwner(
      world.database,
      `insert into second_factor_guard (home, office_id, user_id, failed_attempts, failed_since_success, blocked_until)
         select home, office_id, id, 3, 3, now() + interval '15 minutes' from users where id = any($1)`,
      [ids],
    );

  it("T173 leaves the same events and messages behind, with the application as the actor", async () => {
    for (const { name, byConsole, byApi } of ACTIONS) {
      const [mine, theirs] = [await makePlace(world), await makePlace(world)];
      await lockOut(mine.user.id, theirs.user.id);
      const by: Actor = { id: mine.lead.id, officeId: mine.office.id, role: "superuser" };
      await byConsole(mine.user, by);
      const api = await apiClient(world, theirs.office);
      const { status } = await byApi(api, `/offices/${theirs.office.id}/users/${theirs.user.id}`);
      expect(status, name).to.be.within(200, 204);
      const [one, other] = [
        await tracesOf(world, mine, by.id),
        await tracesOf(world, theirs, api.application.id),
      ];
      expect(one.events, name).to.not.be.empty;
      expect(other, name).to.deep.equal(one);
    }
  });

  it("T173 shows the application by its name in the audit log, also through the API", async () => {
    const { office, user } = await makePlace(world);
    const api = await apiClient(world, office);
    expect((await api.post(`/offices/${office.id}/users/${user.id}/disable`)).status).to.equal(200);
    const { body } = await api.get(`/offices/${office.id}/audit?actor=${api.application.id}`);
    const [event] = body["items"] as { type: string; actor: unknown }[];
    expect(event).to.deep.include({ type: "user.disabled" });
    expect(event?.actor).to.deep.equal({ id: api.application.id, name: "Staff directory", username: null });
  });
});
