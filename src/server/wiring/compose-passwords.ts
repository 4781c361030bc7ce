import type { Services } from "./compose.ts";
import { systemClock } from "../../kernel/clock.ts";
import { PasswordCheck } from "../../domain/credentials/password-check.ts";
import { PasswordCheckStore } from "../../domain/credentials/password-check-store.ts";
import { PasswordGuard } from "../../domain/credentials/password-guard.ts";
import type { PasswordGuardStore } from "../../platform/limits/password-guard-store.ts";

/** Whatever takes a password, with its guard. */
export function composePasswords(services: Services, guardStore: PasswordGuardStore): PasswordCheck {
  const { database, users, hasher, audit, hash, settings, owed } = services;
  const clock = systemClock;
  const guard = new PasswordGuard({ store: guardStore, limits: settings.passwordGuard, hash, clock, owed });
  const store = new PasswordCheckStore(database);
  return new PasswordCheck({ store, users, guard, hasher, audit, hash, clock, owed });
}
