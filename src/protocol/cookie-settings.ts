import type { Configuration } from "oidc-provider";
import { deriveKey } from "../kernel/secret.ts";
import type { Secrets } from "../platform/secrets/secrets-file.ts";

/** The attributes of oidc-provider's cookies. */
export const cookieOptions = (issuer: string) =>
  ({
    signed: true,
    httpOnly: true,
    sameSite: "lax",
    secure: issuer.startsWith("https:"),
    overwrite: true,
  }) as const;

/** `__Host-` and `__Secure-` keep a sibling domain from setting our cookies; browsers accept them over https only. */
export function cookieSettings(issuer: string, secrets: Secrets): Configuration["cookies"] {
  const options = cookieOptions(issuer);
  return {
    keys: secrets.cookieKeys.map((key) => deriveKey(key, "cookies").toString("base64url")),
    names: {
      session: `${options.secure ? "__Host-" : ""}vestibule-session`,
      interaction: `${options.secure ? "__Secure-" : ""}vestibule-interaction`,
      resume: `${options.secure ? "__Secure-" : ""}vestibule-resume`,
    },
    long: options,
    short: options,
  };
}
