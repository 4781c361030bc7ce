import { RECOVERY_CODES } from "../../../domain/factors/recovery-codes.ts";
import { has } from "../journey.ts";
import type { Model, Visit } from "../page.ts";

/** After a recovery code: how many are left, which from then on is no secret to whoever sits there. */
export const codesLeftModel = ({ signIn, person }: Visit): Model => ({
  codesLeft: has(signIn, "recovery-code-used") ? (person?.codesLeft ?? null) : null,
  fewCodes: RECOVERY_CODES.warnAt,
});
