import { z } from "zod";

/** A model of authenticators, as the metadata of the FIDO Alliance describe it (decision 0113). */
export interface AuthenticatorModel {
  /** In lower case. */
  readonly aaguid: string;
  readonly name: string;
  /** DER: where the certificates of its attestation lead to. */
  readonly roots: readonly Buffer[];
  /** The status for which no passkey of it is accepted; null for one in good standing. */
  readonly refusedFor: string | null;
}

/** A model by its name, for people who choose. */
export type NamedModel = Pick<AuthenticatorModel, "aaguid" | "name">;

/** The reason for a model that the metadata do not have. */
export const UNKNOWN_MODEL = "unknown";

/** A listed model of which no passkey can be set up. */
export interface UnusableModel {
  readonly aaguid: string;
  /** Null for one that the metadata do not have. */
  readonly name: string | null;
  /** `UNKNOWN_MODEL`, or the status for which the metadata refuse it. */
  readonly reason: string;
}

/** The most that an office can list. */
const MOST_MODELS = 200;

const AAGUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** What authenticators say that do not want to tell their model. */
const NO_MODEL = "00000000-0000-0000-0000-000000000000";

export const aaguidSchema = z
  .string()
  .transform((typed) => typed.trim().toLowerCase())
  .pipe(
    z
      .string()
      .regex(AAGUID, "must be AAGUIDs such as fa2b99dc-9e39-4257-8f92-4a30d23c4118")
      .refine((aaguid) => aaguid !== NO_MODEL, "must not be the AAGUID of zeros, which names no model"),
  );

/** Models of which users may set up passkeys, in one order; null: of any. */
export const passkeyModelsSchema = z
  .array(aaguidSchema)
  .min(1, "must name one at least; null accepts any model")
  .transform((list) => [...new Set(list)].sort())
  .refine((list) => list.length <= MOST_MODELS, `must be at most ${String(MOST_MODELS)} models`)
  .nullable();
