import type { Clock } from "../../kernel/clock.ts";
import type { OfficeService } from "../../domain/offices/office-service.ts";
import type { OfficeSettingsService } from "../../domain/offices/office-settings-service.ts";

/** What the pages of the platform itself are made of. */
export interface PlatformParts {
  readonly offices: OfficeService;
  readonly settings: OfficeSettingsService;
  readonly keys: SigningKeyDesk;
  readonly clock: Clock;
}

/** The keys that sign tokens, as far as a page may know them. */
export interface SigningKeyDesk {
  /** The newest first. */
  list(): Promise<readonly ListedKey[]>;
  /** False when there is a newer key than the newest that somebody has seen: they have been rotated already. */
  rotate(newest: string, by: { readonly actor: string; readonly aheadMinutes: number }): Promise<boolean>;
}

interface ListedKey {
  readonly id: string;
  readonly algorithm: string;
  readonly state: "next" | "current" | "retired";
  readonly usedFrom: Date;
  /** Null for a key that still signs. */
  readonly expiresAt: Date | null;
}
