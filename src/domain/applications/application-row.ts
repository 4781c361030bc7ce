import type { Application, OldSecret } from "./application.ts";
import { applicationSettingsSchema, type ApplicationSettings } from "./application-settings.ts";
import type { ApplicationType } from "./application-types.ts";

/** A row of the table, as `APPLICATION_COLUMNS` reads it. */
export interface ApplicationRow {
  readonly id: string;
  readonly office_id: string | null;
  readonly name: string;
  readonly type: ApplicationType;
  readonly first_party: boolean;
  readonly secret_hash: Buffer | null;
  readonly old_secret_hash: Buffer | null;
  readonly old_secret_ends_at: Date | null;
  readonly settings: unknown;
  readonly is_disabled: boolean;
}

/** What is written when one is added. */
export const WRITTEN_COLUMNS = "id, office_id, name, type, first_party, secret_hash, settings";
export const APPLICATION_COLUMNS = `${WRITTEN_COLUMNS}, old_secret_hash, old_secret_ends_at, disabled_at is not null as is_disabled`;

export const settingsOf = (application: Application): ApplicationSettings =>
  applicationSettingsSchema.parse(application);

export function toApplication(row: ApplicationRow): Application {
  return {
    ...applicationSettingsSchema.parse(row.settings),
    id: row.id,
    name: row.name,
    type: row.type,
    firstParty: row.first_party,
    officeId: row.office_id,
    secretHash: row.secret_hash,
    isDisabled: row.is_disabled,
    oldSecret: oldSecretOf(row),
  };
}

const oldSecretOf = ({
  old_secret_hash: hash,
  old_secret_ends_at: endsAt,
}: ApplicationRow): OldSecret | null => (hash === null || endsAt === null ? null : { hash, endsAt });
