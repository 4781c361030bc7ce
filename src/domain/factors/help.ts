import { z } from "zod";
import type { Actor } from "../access/actor.ts";
import { isOneLine, NOT_ONE_LINE } from "../../kernel/one-line.ts";

/** Why a user is helped, for the readers of the audit log. */
export const reasonSchema = z
  .string()
  .trim()
  .min(5, "say in a few words why, for whoever reads the audit log.")
  .max(500)
  .refine(isOneLine, NOT_ONE_LINE);

/** Who helps, and why. */
export interface Help {
  readonly by: Actor;
  /** As `reasonSchema` has it. */
  readonly reason: string;
}
