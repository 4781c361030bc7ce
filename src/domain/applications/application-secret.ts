import { z } from "zod";
import { Secret } from "../../kernel/secret.ts";

/** A secret of these bytes, 32 of them, which have to be random. */
export const secretOfBytes = (bytes: Buffer): Secret => new Secret(bytes.toString("base64url"));

/** A secret that the operator brings along. It is stored like ours, by a fast hash, so it has to be as hard to guess. */
export const givenSecretSchema = z
  .string()
  .regex(/^[\x21-\x7e]{32,200}$/, "must have 32 to 200 characters, ASCII without blanks; make it at random")
  .refine((secret) => new Set(secret).size >= 10, "must be made at random")
  .transform((secret) => new Secret(secret));
