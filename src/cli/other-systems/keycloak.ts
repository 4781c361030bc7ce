import { z } from "zod";
import { base32 } from "../../domain/factors/base32.ts";
import { MOST_NAME_CHARACTERS } from "../../domain/factors/passkeys/passkey.ts";
import { firstOf, unpadded, type ForeignApp, type ForeignPasskey, type ForeignUser } from "./foreign-user.ts";

const text = z.string().nullish();
const credential = z.looseObject({
  ...{ type: z.string(), secretData: z.string(), credentialData: z.string() },
  userLabel: text,
});
const user = z.looseObject({
  id: text,
  username: z.string(),
  enabled: z.boolean().default(true),
  firstName: text,
  lastName: text,
  email: text,
  attributes: z.record(z.string(), z.array(z.string())).default({}),
  credentials: z.array(z.unknown()).default([]),
});

const passwordSecret = z.looseObject({ value: z.string(), salt: z.string() });
const passwordData = z.looseObject({
  hashIterations: z.number(),
  algorithm: z.string(),
  additionalParameters: z.record(z.string(), z.array(z.string())).default({}),
});
const otpSecret = z.looseObject({ value: z.string() });
const otpData = z.looseObject({
  subType: z.string(),
  digits: z.number(),
  period: z.number().default(30),
  algorithm: z.string(),
  secretEncoding: text,
});

const passkeyData = z.looseObject({
  ...{ credentialId: z.string(), credentialPublicKey: z.string(), counter: z.number() },
  aaguid: text,
  transports: z.array(z.string()).default([]),
});

/** The users of a realm export, `kc.sh export --users …`. */
export function fromKeycloak(exported: readonly unknown[]): ForeignUser[] {
  return z
    .array(user)
    .parse(exported)
    .map((one) => {
      const credentials = one.credentials.flatMap((each) => credential.safeParse(each).data ?? []);
      const { username, email, firstName, lastName, attributes } = one;
      const secretOf = (type: string) => credentials.find((each) => each.type === type);
      const password = secretOf("password");
      const otp = secretOf("otp");
      return {
        username,
        name: firstOf(`${firstName ?? ""} ${lastName ?? ""}`.trim(), username),
        mail: email ?? null,
        number: firstOf(attributes["phoneNumber"]?.[0], attributes["phone"]?.[0]),
        isNumberConfirmed: attributes["phoneNumberVerified"]?.[0] === "true",
        passwordHash: password === undefined ? null : passwordOf(password),
        app: otp === undefined ? null : appOf(otp),
        passkeys: credentials
          .filter(({ type }) => PASSKEYS.includes(type))
          .map((each) => passkeyOf(each, one.id ?? "")),
        isDisabled: !one.enabled,
      };
    });
}

/** As the second factor, and in place of the password. */
const PASSKEYS = ["webauthn", "webauthn-passwordless"];

/** The most that a user handle has (WebAuthn section 5.4.3); users of a federated directory have longer ids. */
const MOST_HANDLE_BYTES = 64;

type Credential = z.output<typeof credential>;

/** To its authenticator an account is known by its id in Keycloak, as text. */
function passkeyOf({ credentialData, userLabel }: Credential, userId: string): ForeignPasskey {
  const { credentialId, credentialPublicKey, counter, ...data } = passkeyData.parse(
    JSON.parse(credentialData),
  );
  const handle = Buffer.from(userId);
  const name = (userLabel ?? "").trim().slice(0, MOST_NAME_CHARACTERS);
  return {
    ...{ id: credentialId, publicKey: credentialPublicKey, counter, transports: data.transports },
    ...(handle.length > 0 && handle.length <= MOST_HANDLE_BYTES
      ? { userHandle: handle.toString("base64url") }
      : {}),
    ...(name === "" ? {} : { name }),
    ...((data.aaguid ?? "") === "" ? {} : { aaguid: data.aaguid ?? "" }),
  };
}

/** Keycloak keeps the parts of a hash apart, each as JSON in a text; the algorithm `pbkdf2` is the one with SHA-1. */
function passwordOf({ secretData, credentialData }: Credential): string {
  const { value, salt } = passwordSecret.parse(JSON.parse(secretData));
  const { hashIterations, algorithm, additionalParameters } = passwordData.parse(JSON.parse(credentialData));
  const end = `${unpadded(salt)}$${unpadded(value)}`;
  if (algorithm === "argon2") {
    const of = (name: string) => additionalParameters[name]?.[0] ?? "";
    const version = of("version") === "1.0" ? "16" : "19";
    return `$argon2${of("type")}$v=${version}$m=${of("memory")},t=${String(hashIterations)},p=${of("parallelism")}$${end}`;
  }
  const id = algorithm === "pbkdf2" ? "pbkdf2-sha1" : algorithm;
  return `$${id}$i=${String(hashIterations)}$${end}`;
}

/** Of a counter-based token nothing can be taken over. The secret is text whose bytes are the key, unless it says otherwise. */
function appOf({ secretData, credentialData }: Credential): ForeignApp | null {
  const { value } = otpSecret.parse(JSON.parse(secretData));
  const { subType, digits, period, algorithm, secretEncoding } = otpData.parse(JSON.parse(credentialData));
  const secret = secretEncoding === "BASE32" ? value : base32(Buffer.from(value));
  return subType === "totp" ? { secret, algorithm, digits, period } : null;
}
