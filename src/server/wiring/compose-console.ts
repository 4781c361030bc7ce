import type { Provider } from "oidc-provider";
import type { Services } from "./compose.ts";
import { composePeoplePages } from "./compose-people-pages.ts";
import { composePlatformPages } from "./compose-platform-pages.ts";
import type { composeWeb } from "./compose-web.ts";
import { Answers } from "../../screens/console/answers.ts";
import { ConsoleStore } from "../../screens/console/console-store.ts";
import type { DraftStore } from "../../screens/console/draft-store.ts";
import { Gate } from "../../screens/console/gate.ts";
import { PageTokens } from "../../screens/console/page-tokens.ts";
import { createConsolePages } from "../../screens/console/pages.ts";
import { systemClock } from "../../kernel/clock.ts";
import { deriveKey } from "../../kernel/secret.ts";
import { OwnSessions } from "../../protocol/models/own-sessions.ts";
import { TrySignIns } from "../../protocol/try-sign-in.ts";

/** The console with its pages. */
export function composeConsole(
  services: Services,
  provider: Provider,
  {
    renderer,
    csrf,
    drafts,
  }: Pick<ReturnType<typeof composeWeb>, "renderer" | "csrf"> & { drafts: DraftStore },
) {
  const { settings, secrets, database, offices, administration, lists } = services;
  const { applications, applicationService } = services;
  const clock = systemClock;
  const store = new ConsoleStore(database);
  const tokens = new PageTokens(secrets.cookieKeys.map((key) => deriveKey(key, "console page tokens")));
  const pages = createConsolePages({
    ...{ store, tokens, clock, applications, applicationService },
    settings: administration.settings,
    dryRun: administration.dryRun,
    overview: lists.overview,
    issuer: settings.issuer,
    people: composePeoplePages(services),
    imports: services.imports,
    platform: composePlatformPages(services),
    tries: {
      signIns: new TrySignIns({ provider, users: services.users, clock }),
      ...{ drafts, accessTokenSeconds: settings.lifetimes.accessTokenMinutes * 60 },
    },
    record: { ...services.auditLog, log: services.audit, users: services.users },
  });
  return {
    gate: new Gate({ sessions: new OwnSessions(provider, clock), offices, store, renderer }),
    answers: new Answers({ renderer, csrf, tokens, pages }),
    drafts,
    pages,
    issuer: settings.issuer,
    clock,
  };
}
