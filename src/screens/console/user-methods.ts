import { factorText } from "../../domain/factors/factor.ts";
import { passkeyFacts, passkeyName } from "../../domain/factors/passkeys/passkey-facts.ts";
import { longDay, type Reader } from "../../kernel/date-format.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { UserStatus } from "./user-status-store.ts";

/** The methods of a user, as the console lists and removes them. */

/** A method as the page of a user lists it, one for each passkey. */
interface ListedMethod {
  /** A kind of factor, or the id of a passkey. */
  readonly id: string;
  readonly name: string;
  /** Since when there is one; of a passkey also when it was used last. */
  readonly facts: string;
}

type Methods = Pick<UserStatus, "factors" | "passkeys">;

export const methodsOf = (
  { factors, passkeys }: Methods,
  { t, ...reader }: Reader & { readonly t: Translate },
): readonly ListedMethod[] =>
  factors.flatMap(({ kind, since }) =>
    kind === "passkey"
      ? passkeys.map((passkey) => ({
          id: passkey.id,
          name: named(passkeyName(passkey, t), t),
          facts: passkeyFacts(passkey, { t, ...reader }),
        }))
      : [
          {
            id: kind,
            name: t(factorText(kind, "label")),
            facts: t("account.method.since", { date: longDay(since, reader) }),
          },
        ],
  );

/** A passkey's own name says nothing of what it is. */
const named = (name: string, t: Translate): string => {
  const kind = t(factorText("passkey", "label"));
  return name === kind ? kind : t("common.labelled", { label: kind, value: name });
};

/** Whether one can be removed while another one stays. */
export const isSeveral = ({ factors, passkeys }: Methods): boolean =>
  factors.length > 1 || passkeys.length > 1;
