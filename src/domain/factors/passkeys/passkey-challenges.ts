import { minutesAfter, now } from "../../../kernel/clock.ts";
import { randomKey } from "../../../kernel/random.ts";
import type { KeyedHash } from "../../../kernel/secret.ts";
import { bindingOf } from "../sent-code.ts";
import type { UserRef } from "../../users/user-ref.ts";
import { CHALLENGE_MINUTES, type PasskeyPurpose, type RelyingParty } from "./passkey.ts";
import { freshJson, type OpenChallenge, type PasskeyStore } from "./passkey-store.ts";
import { ALGORITHMS } from "./cose-key.ts";

interface Deps {
  readonly passkeys: PasskeyStore;
  readonly hash: KeyedHash;
  readonly party: RelyingParty;
}

/** The same for a new passkey. `models`: names of those that it may be of; null: of any. */
export interface MakingCeremony extends Ceremony {
  readonly models: readonly string[] | null;
}

/** What the script of a page hands to the browser. `endsAt`: the page asks for another challenge then. */
export interface Ceremony {
  readonly options: object;
  readonly endsAt: Date;
}

const CHALLENGE_BYTES = 32;
const HANDLE_BYTES = 64;
/** One with less time left is replaced when its page is opened again. */
const LEAST_MINUTES = 2;

/** Asks browsers for passkeys: challenges for one user, one purpose and one sign-in or session, kept here for five minutes. */
export class PasskeyChallenges {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Asks for one of the user's passkeys (WebAuthn section 5.5). */
  async ask(user: UserRef, binding: string): Promise<Ceremony> {
    return this.asking(await this.#open(user, { purpose: "sign-in", binding }));
  }

  /** What a statement needs that opens the challenge of a sign-in together with what else it reads. */
  prepare(binding: string): { readonly slot: Buffer; readonly json: string } {
    return { slot: bindingOf(this.#deps.hash, binding), json: freshJson(newChallenge(now())) };
  }

  /** A challenge that is open, as the browser is asked for it. */
  asking({ challenge, endsAt, passkeys }: OpenChallenge): Ceremony {
    const { party } = this.#deps;
    return {
      endsAt,
      options: {
        challenge: challenge.toString("base64url"),
        rpId: party.id,
        allowCredentials: passkeys.map(descriptorOf),
        userVerification: "preferred",
        timeout: endsAt.getTime() - now().getTime(),
      },
    };
  }

  /** Asks for a new passkey (WebAuthn section 5.4). `name`: what the user's devices list it under. */
  async make(
    user: UserRef & { readonly name: string },
    { binding, account }: { readonly binding: string; readonly account: string },
  ): Promise<MakingCeremony> {
    const { party } = this.#deps;
    const { challenge, endsAt, passkeys, handle, models } = await this.#open(user, {
      purpose: "enrol",
      binding,
    });
    return {
      endsAt,
      models,
      options: {
        challenge: challenge.toString("base64url"),
        rp: { id: party.id, name: party.name },
        user: { id: handle?.toString("base64url"), name: account, displayName: user.name },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: passkeys.map(descriptorOf),
        authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
        // Browsers ask the user before they hand it out, so it is asked for where it decides something only.
        attestation: models === null ? "none" : "direct",
        timeout: endsAt.getTime() - now().getTime(),
      },
    };
  }

  #open(user: UserRef, { purpose, binding }: { purpose: PasskeyPurpose; binding: string }) {
    const at = now();
    const slot = bindingOf(this.#deps.hash, binding);
    return this.#deps.passkeys.open(user, { purpose, slot, at, ...newChallenge(at) });
  }
}

const newChallenge = (at: Date) => ({
  challenge: randomKey(CHALLENGE_BYTES),
  handle: randomKey(HANDLE_BYTES),
  endsAt: minutesAfter(at, CHALLENGE_MINUTES),
  keptUntil: minutesAfter(at, LEAST_MINUTES),
});

const descriptorOf = ({ id, transports }: { id: Buffer; transports: readonly string[] }) => ({
  id: id.toString("base64url"),
  type: "public-key",
  ...(transports.length === 0 ? {} : { transports }),
});
