import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import type { SigningAlgorithm } from "../../domain/applications/application-settings.ts";
import type { SigningKeyRow } from "./signing-key-store.ts";

/** Keys that sign ID tokens: how they are made, their order, and what state each is in. */

/** A private key (RFC 7517) as oidc-provider and jose take it. */
export type SigningJwk = JWK & { kid: string; alg: string; use: "sig" };

/** A loaded key, with the time from which it signs. */
export interface SigningKey {
  readonly jwk: SigningJwk;
  readonly usedFrom: Date;
}

/** Published but not in use yet, signing, or published only to verify what it has signed. */
type SigningKeyState = "next" | "current" | "retired";

export interface SigningKeyInfo {
  readonly id: string;
  readonly algorithm: string;
  readonly state: SigningKeyState;
  readonly createdAt: Date;
  readonly usedFrom: Date;
  readonly expiresAt: Date | null;
}

/** oidc-provider signs with the first suitable key, so those in use come first. */
export function inSigningOrder(keys: readonly SigningKey[], now: Date): SigningJwk[] {
  const newestFirst = keys.toSorted((one, other) => other.usedFrom.getTime() - one.usedFrom.getTime());
  const isUsed = ({ usedFrom }: SigningKey) => usedFrom <= now;
  const sorted = [...newestFirst.filter(isUsed), ...newestFirst.filter((key) => !isUsed(key))];
  return sorted.map(({ jwk }) => jwk);
}

/** The state of a key; `newestFirst` are all published keys. */
export function stateOf(
  row: SigningKeyRow,
  newestFirst: readonly SigningKeyRow[],
  now: Date,
): SigningKeyState {
  if (row.used_from > now) {
    return "next";
  }
  const newest = newestFirst.find(({ algorithm }) => algorithm === row.algorithm);
  if (newest !== undefined && newest.expires_at !== null) {
    // No application has the algorithm any more.
    return "retired";
  }
  const current = newestFirst.find(
    ({ algorithm, used_from: usedFrom }) => algorithm === row.algorithm && usedFrom <= now,
  );
  return current?.id === row.id ? "current" : "retired";
}

const makeKeys = promisify(generateKeyPair);

/** A new key pair for an algorithm (RFC 7518, RFC 8037). */
export function makeKeyPair(algorithm: SigningAlgorithm) {
  switch (algorithm) {
    case "ES256":
      return makeKeys("ec", { namedCurve: "P-256" });
    case "RS256":
    case "PS256":
      return makeKeys("rsa", { modulusLength: 2048 });
    case "EdDSA":
      return makeKeys("ed25519");
  }
}
