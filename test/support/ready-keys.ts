import {
  DEFAULT_ALGORITHM,
  type SigningAlgorithm,
} from "../../src/domain/applications/application-settings.ts";
import { randomToken } from "../../src/kernel/random.ts";
import { SecretBox } from "../../src/kernel/secret.ts";
import { makeKeyPair } from "../../src/protocol/keys/signing-key.ts";
import { readSecrets } from "../../src/platform/secrets/secrets-file.ts";
import { asOwner, type FreshDatabase } from "./database.ts";

interface Pair {
  readonly algorithm: string;
  readonly publicJwk: string;
  readonly privateJwk: string;
}

/** Pairs that no installation of this process uses now. */
const free: (readonly Pair[])[] = [];

/**
 * Gives a new installation its first signing key, since making one of RSA for each is a tenth of what it costs. No two
 * that run at the same time have the same. Answers how to give them back.
 */
export async function putSigningKeys(database: FreshDatabase, secretsFile: string): Promise<() => void> {
  const pairs = free.pop() ?? (await Promise.all([DEFAULT_ALGORITHM].map(newPair)));
  const box = new SecretBox(readSecrets(secretsFile).dataKeys);
  const now = new Date();
  const rows = pairs.map(({ algorithm, publicJwk, privateJwk }) => {
    const id = randomToken(12);
    return [id, algorithm, publicJwk, box.seal(privateJwk, `signing key ${id}`), now] as const;
  });
  await asOwner(
    database,
    `insert into signing_keys (id, algorithm, public_jwk, sealed_private_jwk, created_at, used_from)
     select id, algorithm, public_jwk::jsonb, sealed, $5, $5
     from unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) as ready (id, algorithm, public_jwk, sealed)`,
    [
      rows.map(([id]) => id),
      rows.map((row) => row[1]),
      rows.map((row) => row[2]),
      rows.map((row) => row[3]),
      now,
    ],
  );
  return () => free.push(pairs);
}

async function newPair(algorithm: SigningAlgorithm): Promise<Pair> {
  const { publicKey, privateKey } = await makeKeyPair(algorithm);
  return {
    algorithm,
    publicJwk: JSON.stringify(publicKey.export({ format: "jwk" })),
    privateJwk: JSON.stringify(privateKey.export({ format: "jwk" })),
  };
}
