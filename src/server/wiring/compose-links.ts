import type { Services } from "./compose.ts";
import { systemClock } from "../../kernel/clock.ts";
import { MailboxStore } from "../../domain/users/mailbox-store.ts";
import { MailThrottle } from "../../domain/credentials/mail-throttle.ts";
import { NotMe, type NotMeHandler } from "../../domain/credentials/not-me.ts";
import { OfficeReminder } from "../../domain/credentials/office-reminder.ts";
import { OneTimeLinkStore } from "../../domain/credentials/one-time-link-store.ts";
import { PasswordCheckStore } from "../../domain/credentials/password-check-store.ts";
import { PasswordGuardStore } from "../../platform/limits/password-guard-store.ts";
import { PasswordLinks } from "../../domain/credentials/password-links.ts";
import { PasswordRenewal } from "../../domain/credentials/password-renewal.ts";
import { PasswordReset } from "../../domain/credentials/password-reset.ts";

type Parts = Pick<
  Services,
  "settings" | "database" | "hash" | "hasher" | "audit" | "users" | "offices" | "secondFactor"
>;

export type LinkBase = ReturnType<typeof composeLinkBase>;

/** The links themselves, which notices of the second factor need as well. */
export function composeLinkBase(parts: Pick<Services, "settings" | "database" | "hash" | "audit">) {
  const { settings, database, hash, audit } = parts;
  const store = new OneTimeLinkStore(database, hash);
  // Whatever can be undone by "this was not me" adds its handler under its kind.
  const notMeHandlers = new Map<string, NotMeHandler>();
  const { issuer } = settings;
  const clock = systemClock;
  return {
    store,
    notMeHandlers,
    notMe: new NotMe({ database, links: store, handlers: notMeHandlers, audit, clock, issuer }),
  };
}

/** Everything that goes by a link in a mail. */
export function composeLinks(services: Parts, base: LinkBase) {
  const { settings, database, hash, hasher, audit, users, offices, secondFactor } = services;
  const { issuer, productName } = settings;
  const { notices, guard } = secondFactor;
  const clock = systemClock;
  const throttle = new MailThrottle({ store: new PasswordGuardStore(database), hash, clock });
  const browsers = new PasswordCheckStore(database);
  const mailed = { database, users, audit, notices };
  const { store, notMeHandlers } = base;
  notMeHandlers.set("number-change", (tx, { userId, visitor }) =>
    secondFactor.numberNotMe.cancel(tx, userId, visitor),
  );
  return {
    ...base,
    passwordLinks: new PasswordLinks({ ...mailed, offices, links: store, throttle, clock, issuer }),
    passwordReset: new PasswordReset({
      ...mailed,
      ...{ links: store, mailbox: new MailboxStore(), guard, browsers, hasher, clock, productName },
    }),
    passwordRenewal: new PasswordRenewal({ ...mailed, links: store, hasher, clock, productName }),
    officeReminder: new OfficeReminder({ ...mailed, throttle, issuer }),
  };
}
