import { z } from "zod";
import type { Actor } from "../access/actor.ts";
import { isOneLine, NOT_ONE_LINE } from "../../kernel/one-line.ts";

/** Why an administrator helps a user, for the readers of the audit log. */
export const reasonSchema = z
  .string()
  .trim()
  .min(5, "say in a few words why, for readers of the audit log.")
  .max(500)
  .refine(isOneLine, NOT_ONE_LINE);

/** Who helps, and why. */
export interface Help {
  readonly by: Actor;
  /** Checked by `reasonSchema`. */
  readonly reason: string;
}
