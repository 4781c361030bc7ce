import type { ApplicationService } from "../../domain/applications/application-service.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { OfficeSettingsService } from "../../domain/offices/office-settings-service.ts";
import type { OverviewStore } from "../../domain/offices/overview-store.ts";
import type { PolicyDryRun } from "../../domain/offices/policy-dry-run.ts";
import type { ConsoleStore } from "./console-store.ts";
import type { ImportParts } from "./import-parts.ts";
import type { PageTokens } from "./page-tokens.ts";
import type { PeopleParts } from "./people-parts.ts";
import type { PlatformParts } from "./platform-parts.ts";
import type { RecordParts } from "./record-parts.ts";
import type { TryParts } from "./try-parts.ts";

/** What the pages are made of; a page takes what it needs of it. */
export interface PageParts {
  readonly store: ConsoleStore;
  readonly tokens: PageTokens;
  readonly people: PeopleParts;
  readonly settings: OfficeSettingsService;
  readonly dryRun: PolicyDryRun;
  readonly overview: OverviewStore;
  readonly applications: ApplicationStore;
  readonly applicationService: ApplicationService;
  readonly issuer: string;
  readonly clock: Clock;
  readonly imports: ImportParts;
  readonly platform: PlatformParts;
  readonly record: RecordParts;
  readonly tries: TryParts;
}
