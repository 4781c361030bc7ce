import type { Services } from "../../src/server/wiring/services.ts";
import { asOwner, type FreshDatabase } from "./database.ts";
import { bindingOf, justProved, lastCode, personOf, send, tryCode } from "./mobile-numbers.ts";
import { settleOutbox } from "./outbox.ts";
import type { TestUser } from "./people.ts";

/** What a test does with mobile numbers, and sees of them behind Vestibule's back. */
export function numberDesk({ services, database }: { services: Services; database: FreshDatabase }) {
  let seen = 0;
  return {
    stored: (user: TestUser) => services.secondFactor.numberService.find(personOf(user)),
    kinds: async (user: TestUser) => (await services.secondFactor.factorStatus.find(personOf(user))).kinds,
    request: (user: TestUser, to: string) =>
      services.secondFactor.numberService.requestPending(personOf(user), to, justProved()),
    validFrom: async ({ id }: TestUser) => {
      const sql = "select valid_from as at from users where id = $1";
      return (await asOwner<{ at: Date }>(database, sql, [id]))[0]?.at.getTime() ?? 0;
    },
    window: async ({ id }: TestUser) => {
      const sql = "select code_hash is not null as code from enrolment_windows where user_id = $1";
      return (await asOwner<{ code: boolean }>(database, sql, [id]))[0] ?? null;
    },
    events: ({ id }: TestUser) =>
      asOwner<{ type: string; actor: string; details: Record<string, unknown> }>(
        database,
        "select type, actor, details from audit_events where subject = $1 and type like 'number.%' order by id",
        [id],
      ),
    /** Subjects of the mails since the last look, oldest first. */
    mails: async () => {
      await settleOutbox(database);
      const rows = await asOwner<{ id: string; subject: string }>(
        database,
        "select id, subject from outbox_messages where channel = 'mail' and id > $1 order by id",
        [seen],
      );
      seen = Number(rows.at(-1)?.id ?? seen);
      return rows.map(({ subject }) => subject);
    },
    /** Sends a code to a new number and types it. */
    enrol: async (user: TestUser, to: string, replaces: boolean) => {
      await send(services, user, { number: to, purpose: "enrol", replaces });
      const attempt = { type: "new-sms", binding: bindingOf(user), replaces } as const;
      return tryCode(services, user, { ...attempt, code: await lastCode(database, to) });
    },
  };
}
