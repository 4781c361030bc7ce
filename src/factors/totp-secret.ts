import type { SecretBox } from "../kernel/secret.ts";
import type { Person } from "./guard-store.ts";

/** A secret as it is stored: sealed for its owner and its use. */
export const sealTotpSecret = (box: SecretBox, owner: Person, secret: string): Buffer =>
  box.seal(secret, secretContext(owner));

/** The same secret under the first data key. */
export const resealTotpSecret = (box: SecretBox, owner: Person, sealed: Buffer): Buffer =>
  box.reseal(sealed, secretContext(owner));

/** Binds a stored secret to its owner and its use: swapped between two users it does not open. */
export const secretContext = ({ id, officeId }: Person) => `totp secret ${officeId} ${id}`;
