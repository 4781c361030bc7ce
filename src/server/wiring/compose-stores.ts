import type { Services } from "./compose.ts";
import { rulesOf } from "./compose-numbers.ts";
import { DraftStore } from "../../screens/console/draft-store.ts";
import { systemClock as clock } from "../../kernel/clock.ts";
import { EngineStore } from "../../protocol/models/engine-store.ts";
import { SignInStore } from "../../screens/sign-in/sign-in-store.ts";
import { PasswordGuardStore } from "../../platform/limits/password-guard-store.ts";

export type Stores = ReturnType<typeof composeStores>;

/** What only the web server stores. */
export function composeStores({ database, hash, settings, secondFactor }: Services) {
  const { signInMinutes: lifeMinutes } = settings.lifetimes;
  return {
    engine: new EngineStore(database),
    drafts: new DraftStore({ database, hash, box: secondFactor.box, clock }),
    guard: new PasswordGuardStore(database),
    signIns: new SignInStore({
      database,
      hash,
      trusted: secondFactor.trustedBrowsers,
      clock,
      lifeMinutes,
      rules: rulesOf(settings),
    }),
  };
}
