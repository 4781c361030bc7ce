import type { Services } from "./compose.ts";
import { systemClock } from "./kernel/clock.ts";
import { MailThrottle } from "./users/mail-throttle.ts";
import { NotMe, type NotMeHandler } from "./users/not-me.ts";
import { OfficeReminder } from "./users/office-reminder.ts";
import type { OneTimeLinkStore } from "./users/one-time-link-store.ts";
import { PasswordCheckStore } from "./users/password-check-store.ts";
import { PasswordGuardStore } from "./users/password-guard-store.ts";
import { PasswordLinks } from "./users/password-links.ts";
import { PasswordRenewal } from "./users/password-renewal.ts";
import { PasswordReset } from "./users/password-reset.ts";

type Parts = Pick<
  Services,
  "settings" | "database" | "hash" | "hasher" | "audit" | "users" | "offices" | "secondFactor"
>;

/** Everything that goes by a link in a mail. */
export function composeLinks(services: Parts, store: OneTimeLinkStore) {
  const { settings, database, hash, hasher, audit, users, offices, secondFactor } = services;
  const { issuer, productName } = settings;
  const { notices, guard } = secondFactor;
  const clock = systemClock;
  const throttle = new MailThrottle({ store: new PasswordGuardStore(database), hash, clock });
  const browsers = new PasswordCheckStore(database);
  const mailed = { database, users, audit, notices };
  // Whatever can be undone by "this was not me" adds its handler under its kind.
  const notMeHandlers = new Map<string, NotMeHandler>();
  return {
    store,
    notMeHandlers,
    notMe: new NotMe({ database, links: store, handlers: notMeHandlers, audit, clock, issuer }),
    passwordLinks: new PasswordLinks({ ...mailed, offices, links: store, throttle, clock, issuer }),
    passwordReset: new PasswordReset({
      ...mailed,
      ...{ links: store, guard, browsers, hasher, clock, productName },
    }),
    passwordRenewal: new PasswordRenewal({ ...mailed, links: store, hasher, clock, productName }),
    officeReminder: new OfficeReminder({ ...mailed, throttle, issuer }),
  };
}
