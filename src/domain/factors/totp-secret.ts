import { PageError } from "../../kernel/errors.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import type { Person } from "./guard-store.ts";

/** A secret as it is stored: sealed for its owner and its use. */
export const sealTotpSecret = (box: SecretBox, owner: Person, secret: string): Buffer =>
  box.seal(secret, secretContext(owner));

/** The same secret under the first data key. */
export const resealTotpSecret = (box: SecretBox, owner: Person, sealed: Buffer): Buffer =>
  box.reseal(sealed, secretContext(owner));

/** Throws PageError "unreadable-factor": only an operator can mend it, by the right data key or a reset. */
export function openTotpSecret(box: SecretBox, owner: Person, sealed: Buffer): string {
  try {
    return box.open(sealed, secretContext(owner));
  } catch (error) {
    throw new PageError("unreadable-factor", { subject: owner.id, cause: error });
  }
}

/** Binds a stored secret to its owner and its use: swapped between two users it does not open. */
const secretContext = ({ id, officeId }: Person) => `totp secret ${officeId} ${id}`;
