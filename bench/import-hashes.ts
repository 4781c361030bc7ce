import { composeServices, type Services } from "../src/server/wiring/services.ts";
import { readSettings } from "../src/server/settings/settings.ts";
import { IMPORTED_PASSWORD, KNOWN_HASHES } from "../test/support/imported-hashes.ts";
import type { Installation } from "./servers.ts";

export const HASHED_USERS = 50_000;
/** Of each kind. */
const SIGN_INS = 10;

/** One of each kind; every user of a kind has the same, as comparing and importing know no difference. */
const FORMS = [
  ...["bcrypt $2a$", "PHC pbkdf2-sha512 with padding", "PHC scrypt"],
  ...["Firebase scrypt", "argon2id with other parameters", "phpass $P$"],
];
const HASHES = FORMS.map((form) => {
  const known = KNOWN_HASHES.find((one) => one.form === form);
  return { form, hash: known?.hash ?? "", password: known?.password ?? IMPORTED_PASSWORD };
});

/** JSON Lines, the kinds in turn. */
export function* hashedFile(count: number): Generator<string, void> {
  for (let number = 0; number < count; number += 1) {
    const { hash } = HASHES[number % HASHES.length] ?? HASHES[0] ?? { hash: "" };
    const user = { username: `moved-${String(number)}`, name: `Moved Number ${String(number)}` };
    yield `${JSON.stringify({ ...user, "password hash": hash })}\n`;
  }
}

/** Signs in ten users of each kind, one after another; answers how long a password took, by its kind. */
export async function signInImported(
  { environment }: Installation,
  officeCode: string,
): Promise<ReadonlyMap<string, number>> {
  const services = await composeServices(readSettings(environment));
  try {
    const took = new Map<string, number>();
    for (let number = 0; number < SIGN_INS * HASHES.length; number += 1) {
      const { form, password } = HASHES[number % HASHES.length] ?? { form: "", password: "" };
      const began = performance.now();
      await signIn(services, { officeCode, number, password });
      took.set(form, (took.get(form) ?? 0) + (performance.now() - began) / SIGN_INS);
    }
    return took;
  } finally {
    await services.close();
  }
}

async function signIn(
  { passwords, database }: Services,
  { officeCode, number, password }: { officeCode: string; number: number; password: string },
): Promise<void> {
  const username = `moved-${String(number)}`;
  const address = `198.18.0.${String(number)}`;
  const visitor = { address, addressGroup: address, requestId: "bench" };
  const result = await passwords.check({ officeCode, username, password, browser: [], visitor });
  if (result.type !== "right") {
    throw new Error(`The password of ${username} is ${result.type}.`);
  }
  await database.inOffice(result.officeId, (tx) => result.record(tx));
}
