import type { TrySignIns } from "../../protocol/try-sign-in.ts";
import type { DraftStore } from "./draft-store.ts";

/** What the page is made of that tries an application's sign-in. */
export interface TryParts {
  readonly signIns: TrySignIns;
  readonly drafts: DraftStore;
  readonly accessTokenSeconds: number;
}
