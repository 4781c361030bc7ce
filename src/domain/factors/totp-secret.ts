import { PageError } from "../../kernel/errors.ts";
import type { SecretBox } from "../../kernel/secret.ts";
import { idsOf, ReEncryption, type OfficeList } from "../../platform/secrets/re-encryption.ts";
import type { TotpStore } from "./totp-store.ts";
import type { UserRef } from "../users/user-ref.ts";

/** Secrets of authenticator apps as they are stored: sealed for their user, and encrypted again when the data key changes. */

/** A secret as it is stored: sealed for its owner and its use. */
export const sealTotpSecret = (box: SecretBox, owner: UserRef, secret: string): Buffer =>
  box.seal(secret, secretContext(owner));

/** Re-encrypts all stored secrets with the first data key. */
export const totpReEncryption = (deps: {
  totpStore: TotpStore;
  offices: OfficeList;
  box: SecretBox;
}): ReEncryption<string> =>
  new ReEncryption({
    box: deps.box,
    places: () => idsOf(deps.offices),
    find: (officeId, mark, limit) => deps.totpStore.findSealedByOld(officeId, mark, limit),
    replace: (officeId, id, change) => deps.totpStore.replaceSealed({ id, officeId }, change),
    contextOf: (officeId, id) => secretContext({ id, officeId }),
  });

/** Throws PageError "unreadable-factor": only an operator can repair it, with the right data key or a reset. */
export function openTotpSecret(box: SecretBox, owner: UserRef, sealed: Buffer): string {
  try {
    return box.open(sealed, secretContext(owner));
  } catch (error) {
    throw new PageError("unreadable-factor", { subject: owner.id, cause: error });
  }
}

/** Binds a stored secret to its owner and its use: moved to another user's row, it cannot be opened. */
const secretContext = ({ id, officeId }: UserRef) => `totp secret ${officeId} ${id}`;
