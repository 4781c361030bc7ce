import { now } from "../../../kernel/clock.ts";
import type { Visitor } from "../../../kernel/visitor.ts";
import { bytesOf } from "../../../platform/database/json-bytes.ts";
import type { Queryable } from "../../../platform/database/database.ts";
import type { Notices } from "../../../platform/messages/notices.ts";
import type { AuditStore } from "../../audit/audit-store.ts";
import { CodeUsedMeanwhile, type FactorTry, type Judgement, type UserContact } from "../code-try.ts";
import type { EnrolmentStore } from "../enrolment.ts";
import { readAssertion, type Assertion } from "./browser-answers.ts";
import type { AuthenticatorModelStore } from "./authenticator-model-store.ts";
import { authenticatorName } from "./authenticator-names.ts";
import type { ModelDemand } from "./model-demand.ts";
import { MOST_PASSKEYS, type KnownPasskey, type RelyingParty, type StoredPasskeys } from "./passkey.ts";
import type { PasskeyStore } from "./passkey-store.ts";
import { verifyAssertion, verifyAttestation, type NewPasskey, type PasskeyFault } from "./webauthn.ts";

interface Deps {
  readonly passkeys: PasskeyStore;
  readonly models: Pick<AuthenticatorModelStore, "find">;
  readonly enrolments: EnrolmentStore;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly party: RelyingParty;
}

type PasskeyTry = FactorTry<"passkey">;

const wrong = (fault: PasskeyFault): Judgement => ({ type: "wrong", fault });

/**
 * Judges what browsers send for `second-factor-check.ts`, which has reserved the try and used up the challenge with it. `webauthn.ts` verifies
 * signatures and counters.
 */
export class PasskeyCheck {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  judge(
    user: UserContact,
    attempt: PasskeyTry,
    { stored, visitor }: { stored: StoredPasskeys; visitor: Visitor },
  ): Promise<Judgement> {
    return attempt.type === "passkey"
      ? this.#prove(attempt.code, stored)
      : this.#enrol(user, attempt.code, { stored, visitor });
  }

  async #prove(typed: string, stored: StoredPasskeys): Promise<Judgement> {
    const response = readAssertion(typed);
    if (response === null) {
      return wrong("malformed");
    }
    const id = Buffer.from(response.id, "base64url");
    const found = stored.known.find((known) => bytesOf(known.id).equals(id));
    if (found === undefined) {
      return wrong("unknown-passkey");
    }
    const { slot, answered } = stored;
    if (stored.challenge === null) {
      return answered === null ? wrong("challenge") : this.#again(response, found, bytesOf(answered));
    }
    const challenge = bytesOf(stored.challenge);
    const result = await verifyAssertion(response, {
      party: this.#deps.party,
      challenge,
      key: { publicKey: bytesOf(found.publicKey), counter: found.counter },
      // The password is the other factor.
      mustVerifyUser: false,
    });
    if (result.type === "wrong") {
      return result;
    }
    const { counter, isSynced } = result;
    const asked = { slot, challenge: challenge.toString("hex") };
    const code = { kind: "passkey", id: id.toString("hex"), counter, isSynced, ...asked } as const;
    return { type: "right", effect: { type: "proves", code, after: null } };
  }

  /** The second submission of a form, whose first one has moved the counter on. It proves nothing, and is no attempt. */
  async #again(response: Assertion, { publicKey }: KnownPasskey, challenge: Buffer): Promise<Judgement> {
    const result = await verifyAssertion(response, {
      party: this.#deps.party,
      challenge,
      key: { publicKey: bytesOf(publicKey), counter: 0 },
      mustVerifyUser: false,
    });
    return result.type === "wrong" ? wrong("challenge") : { type: "used", confirmedAt: null };
  }

  /** The second submission of a form finds the passkey of the first. */
  async #enrol(
    user: UserContact,
    typed: string,
    { stored, visitor }: { stored: StoredPasskeys; visitor: Visitor },
  ): Promise<Judgement> {
    if (stored.challenge === null) {
      const again = this.#addedBefore(typed, stored);
      return again === null ? wrong("challenge") : { type: "used", confirmedAt: again };
    }
    const result = await verifyAttestation(typed, {
      party: this.#deps.party,
      challenge: bytesOf(stored.challenge),
      demand: this.#demandOf(stored.models),
    });
    if (result.type === "wrong") {
      const { fault } = result;
      return { type: fault === "model" || fault === "model-unproved" ? "model" : "wrong", fault };
    }
    if (stored.known.length >= MOST_PASSKEYS) {
      return wrong("too-many");
    }
    const record = (tx: Queryable) => this.#add(tx, user, { passkey: result, visitor });
    return { type: "right", effect: { type: "enrols", record, isSynced: result.isSynced } };
  }

  #demandOf(listed: readonly string[] | null): ModelDemand | null {
    return listed === null ? null : { listed, find: (aaguid) => this.#deps.models.find(aaguid) };
  }

  #addedBefore(typed: string, { known }: StoredPasskeys): Date | null {
    const id = idIn(typed);
    const found = id === null ? undefined : known.find((one) => bytesOf(one.id).equals(id));
    return found === undefined ? null : new Date(found.addedAt);
  }

  async #add(
    tx: Queryable,
    user: UserContact,
    { passkey, visitor }: { passkey: NewPasskey; visitor: Visitor },
  ): Promise<void> {
    const { passkeys, enrolments, audit, notices } = this.#deps;
    const { id, officeId } = user;
    if (!(await passkeys.add(tx, user, { passkey, at: now(), most: MOST_PASSKEYS }))) {
      throw new CodeUsedMeanwhile();
    }
    await enrolments.close(tx, user);
    const who = { outcome: "ok", officeId, actor: id, subject: id, visitor } as const;
    const details = { kind: "passkey", authenticator: authenticatorName(passkey.aaguid) };
    await audit.add(tx, { type: "factor.enrolled", ...who, details });
    await notices.send(tx, user, "passkeyAdded", {});
  }
}

/** The credential that a text names; null where it names none. */
function idIn(typed: string): Buffer | null {
  try {
    const id: unknown = (JSON.parse(typed) as { readonly id?: unknown } | null)?.id;
    return typeof id === "string" ? Buffer.from(id, "base64url") : null;
  } catch {
    return null;
  }
}
