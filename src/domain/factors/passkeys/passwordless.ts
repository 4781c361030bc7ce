import { epochSeconds, minutesAfter, now } from "../../../kernel/clock.ts";
import { randomKey } from "../../../kernel/random.ts";
import { sameBytes, type KeyedHash } from "../../../kernel/secret.ts";
import type { Visitor } from "../../../kernel/visitor.ts";
import { bytesOf } from "../../../platform/database/json-bytes.ts";
import type { Queryable } from "../../../platform/database/database.ts";
import type { OwedWork } from "../../../platform/database/owed-work.ts";
import { networkLimits } from "../../../platform/limits/network-limits.ts";
import type { RateLimitStore } from "../../../platform/limits/rate-limit-store.ts";
import type { AuditStore } from "../../audit/audit-store.ts";
import type { SettledTry } from "../../credentials/password-check.ts";
import type { FamiliarBrowsers } from "../../credentials/familiar-browsers.ts";
import type { OfficeLook } from "../../offices/office.ts";
import type { TrustedBrowserStore } from "../trusted-browser-store.ts";
import { CodeUsedMeanwhile } from "../code-try.ts";
import { readAssertion, readClientData, type Assertion } from "./browser-answers.ts";
import type { Ceremony } from "./passkey-challenges.ts";
import type { RelyingParty } from "./passkey.ts";
import {
  answerJson,
  type PasskeyUser,
  type PasswordlessStore,
  type RightAnswer,
} from "./passwordless-store.ts";
import { verifyAssertion, type PasskeyFault } from "./webauthn.ts";

/** Incorrect answers from one network address. */
const LIMIT = { scope: "passkey-address", limit: 30, minutes: 15 } as const;

/** The page beside it is filled in by hand meanwhile, so its challenge lives longer than one of a page that only asks for a passkey. */
const CHALLENGE_MINUTES = 15;

/** The parts of a challenge, in bytes: when it ends, random ones, and the keyed hash of both with what it was made for. */
const ENDS = 8;
const RANDOM = 16;

/** For which sign-in of which office a passkey is asked for. */
interface Asked {
  readonly officeId: string;
  readonly binding: string;
}

interface Attempt extends Asked {
  /** What the browser sent. */
  readonly credential: string;
  /** Tokens of the browser's cookies: of familiar browsers, and of trust. */
  readonly browser: readonly string[];
  readonly trust: readonly string[];
  readonly visitor: Visitor;
}

export type PasswordlessResult =
  | { readonly type: "wrong" }
  | { readonly type: "too-many"; readonly until: Date }
  | {
      readonly type: "right";
      readonly userId: string;
      /** Seconds since 1970, before the passkey was read. */
      readonly at: number;
      readonly isSynced: boolean;
      /** The look of the office, where the browser is not familiar to the account; null where it is. */
      readonly newBrowser: OfficeLook | null;
      /** Belongs in the transaction that records the proof. Throws CodeUsedMeanwhile. */
      readonly record: (tx: Queryable) => Promise<void>;
      readonly settled: SettledTry;
    };

interface Deps {
  readonly passwordless: PasswordlessStore;
  readonly familiar: Pick<FamiliarBrowsers, "hashes">;
  readonly trustedBrowsers: Pick<TrustedBrowserStore, "hashes">;
  readonly rateLimits: RateLimitStore;
  readonly audit: AuditStore;
  readonly owed: OwedWork;
  readonly hash: KeyedHash;
  readonly party: RelyingParty;
  readonly frozenFrom: number;
}

interface Refusal {
  readonly fault: PasskeyFault | "not-active" | "user-handle";
  readonly userId?: string;
}

/**
 * Passkeys that take the place of username, password and code (docs/decisions/0102). The authenticator has to verify its user. Nothing is
 * stored when a page is opened: the challenge proves by itself that it is ours, for this sign-in and office; a used one is kept until it ends.
 * An incorrect answer is no failed attempt against the account, because strangers can send one.
 */
export class Passwordless {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Asks for a passkey that the authenticator finds by itself (WebAuthn section 5.4.6, discoverable credentials). */
  ask(asked: Asked): Ceremony {
    const at = now();
    const endsAt = minutesAfter(at, CHALLENGE_MINUTES);
    const ends = Buffer.alloc(ENDS);
    ends.writeBigUInt64BE(BigInt(endsAt.getTime()));
    const head = Buffer.concat([ends, randomKey(RANDOM)]);
    return {
      endsAt,
      options: {
        challenge: Buffer.concat([head, this.#proofOf(head, asked)]).toString("base64url"),
        rpId: this.#deps.party.id,
        allowCredentials: [],
        userVerification: "required",
        timeout: endsAt.getTime() - at.getTime(),
      },
    };
  }

  /** Counts incorrect answers alone: a signature cannot be guessed, and what is limited is what strangers write to the audit log. */
  async check(attempt: Attempt): Promise<PasswordlessResult> {
    const judged = await this.#judge(attempt);
    if (!("fault" in judged)) {
      return judged;
    }
    const { rateLimits, hash } = this.#deps;
    const limits = networkLimits(attempt.visitor.addressGroup, LIMIT, (network) =>
      hash(`passkeys from ${network}`),
    );
    const until = await rateLimits.reserveAll(limits, now());
    // A key that has signed is no stranger's junk, which could otherwise hide the alarm of a copied one.
    if (until === null || judged.fault === "counter") {
      await this.#recordWrong(attempt, judged);
    }
    return until === null ? { type: "wrong" } : { type: "too-many", until };
  }

  async #judge(attempt: Attempt): Promise<Refusal | Extract<PasswordlessResult, { type: "right" }>> {
    const response = readAssertion(attempt.credential);
    if (response === null) {
      return { fault: "malformed" };
    }
    const at = now();
    const challenge = this.#challengeIn(response, attempt, at);
    if (challenge === null) {
      return { fault: "challenge" };
    }
    const id = Buffer.from(response.id, "base64url");
    const browsers = this.#deps.familiar.hashes(attempt.browser);
    const trust = this.#deps.trustedBrowsers.hashes(attempt.trust);
    const found = await this.#deps.passwordless.find(attempt.officeId, { id, browsers, trust, at });
    if (found === null) {
      return { fault: "unknown-passkey" };
    }
    const { userId } = found;
    const slot = this.#slotOf(challenge.bytes);
    // The same form again, whose first answer has moved the counter on. It is verified like the first, and recorded no second time.
    const isAgain = found.used.some((used) => sameBytes(bytesOf(used), slot));
    const result = await verifyAssertion(response, {
      party: this.#deps.party,
      challenge: challenge.bytes,
      key: { publicKey: bytesOf(found.publicKey), counter: isAgain ? 0 : found.counter },
      mustVerifyUser: true,
    });
    if (result.type === "wrong") {
      return { fault: result.fault, userId };
    }
    if (!isHandleOf(response, found)) {
      return { fault: "user-handle", userId };
    }
    return found.isActive
      ? this.#right(attempt, found, { ...result, id, ...challenge, at })
      : { fault: "not-active", userId };
  }

  #right(
    { officeId }: Attempt,
    { userId, familiar, look, state: columns, version }: PasskeyUser,
    { bytes, ...proved }: Omit<RightAnswer, "slot" | "challenge" | "frozenFrom"> & { readonly bytes: Buffer },
  ): Extract<PasswordlessResult, { type: "right" }> {
    const { frozenFrom } = this.#deps;
    const right = { ...proved, slot: this.#slotOf(bytes), challenge: bytes, frozenFrom };
    const record = async (tx: Queryable) => {
      if (!(await this.#deps.passwordless.use(tx, { id: userId, officeId }, right))) {
        throw new CodeUsedMeanwhile();
      }
    };
    const { at, isSynced } = proved;
    return {
      ...({ type: "right", userId, isSynced, record } as const),
      at: epochSeconds(at),
      newBrowser: familiar ? null : look,
      settled: { state: { columns, version }, counters: [], answer: answerJson(right) },
    };
  }

  /** Null for one that is not ours, was made for another sign-in or office, or has ended. */
  #challengeIn({ response }: Assertion, asked: Asked, at: Date): { bytes: Buffer; endsAt: Date } | null {
    const text = readClientData(response.clientDataJSON)?.challenge ?? "";
    const bytes = Buffer.from(text, "base64url");
    const head = bytes.subarray(0, ENDS + RANDOM);
    if (head.length < ENDS + RANDOM || !sameBytes(bytes.subarray(head.length), this.#proofOf(head, asked))) {
      return null;
    }
    const endsAt = new Date(Number(head.readBigUInt64BE()));
    return endsAt > at ? { bytes, endsAt } : null;
  }

  /** What a used challenge is kept under. */
  #slotOf(challenge: Buffer): Buffer {
    return this.#deps.hash(`used passkey challenge ${challenge.toString("hex")}`);
  }

  #proofOf(head: Buffer, { officeId, binding }: Asked): Buffer {
    return this.#deps.hash(`passkey challenge ${officeId} ${binding} ${head.toString("hex")}`);
  }

  async #recordWrong({ officeId, visitor }: Attempt, { fault, userId }: Refusal): Promise<void> {
    const { audit, owed } = this.#deps;
    const who = { officeId, actor: "visitor", subject: userId, visitor } as const;
    await owed.require("a wrong passkey", () =>
      audit.inOffice(officeId, async (tx) => {
        const details = { kind: "passkey", alone: true, fault };
        await audit.add(tx, { ...who, type: "code.wrong", outcome: "refused", details });
        if (fault === "counter") {
          await audit.add(tx, { ...who, type: "passkey.cloned", outcome: "alarm" });
        }
      }),
    );
  }
}

/** The authenticator says whose passkey it is; what it says must be true (WebAuthn section 7.2, step 6). */
const isHandleOf = ({ response: { userHandle } }: Assertion, { handle }: PasskeyUser): boolean =>
  userHandle !== null &&
  userHandle !== undefined &&
  handle !== null &&
  sameBytes(Buffer.from(userHandle, "base64url"), bytesOf(handle));
