import { z } from "zod";
import type { Secret } from "../../kernel/secret.ts";
import { isOneLine, NOT_ONE_LINE } from "../../kernel/one-line.ts";
import { denialAlone, denialOf, type Denial } from "../access/access.ts";
import { aboutUser, type Actor } from "../access/actor.ts";
import type { Action } from "../access/permissions.ts";
import type { User } from "../users/user.ts";
import type { FactorService } from "./factor-reset.ts";
import type { NumberService } from "./number-service.ts";
import type { ApproveResult, RemoveResult, SetResult } from "./number-change.ts";

/** Why somebody is helped, for whoever reads the audit log. */
export const reasonSchema = z
  .string()
  .trim()
  .min(5, "say in a few words why, for whoever reads the audit log.")
  .max(500)
  .refine(isOneLine, NOT_ONE_LINE);

/** Who helps, and why. */
export interface Help {
  readonly by: Actor;
  /** As `reasonSchema` has it. */
  readonly reason: string;
}

/** `needs-approval`: a second member of support has to agree, see `ResetRequests`. */
export interface NoHelp {
  readonly type: Denial | "needs-approval";
}

export type UnlockResult = { readonly type: "unlocked" | "frozen" } | NoHelp;
export type ResetResult = { readonly type: "reset"; readonly enrolmentCode: Secret } | NoHelp;

/**
 * What one person does about another's second factor. The table of access says who may, and what one
 * member of support may not do alone.
 */
export class HelpService {
  readonly #factors: FactorService;
  readonly #numbers: NumberService;

  constructor(parts: { factors: FactorService; numbers: NumberService }) {
    this.#factors = parts.factors;
    this.#numbers = parts.numbers;
  }

  /** Ends a block. What was tried stays counted; a frozen factor needs a reset. */
  async unlock(user: User, { by, reason }: Help): Promise<UnlockResult> {
    const obstacle = denialOf(by, "user.unlock", aboutUser(user));
    if (obstacle !== null) {
      return { type: obstacle };
    }
    return { type: (await this.#factors.unlock(user, { reason, actor: by.id })) ? "unlocked" : "frozen" };
  }

  /** Takes factors, number and recovery codes away and ends all sessions. The code is told once, to be handed over. */
  async reset(user: User, { by, reason }: Help): Promise<ResetResult> {
    return (
      obstacleTo(by, "user.reset-authenticator", user) ?? {
        type: "reset",
        enrolmentCode: await this.#factors.reset(user, { reason, actor: by.id }),
      }
    );
  }

  /** Enters a number (E.164), to be confirmed by its owner. */
  async enterNumber(user: User, number: string, { by, reason }: Help): Promise<SetResult | NoHelp> {
    return obstacleTo(by, "number.enter", user) ?? this.#numbers.set(user, number, { actor: by.id, reason });
  }

  async deleteNumber(user: User, { by, reason }: Help): Promise<RemoveResult | NoHelp> {
    return obstacleTo(by, "number.delete", user) ?? this.#numbers.remove(user, { actor: by.id, reason });
  }

  async approveNumber(user: User, { by, reason }: Help): Promise<ApproveResult | NoHelp> {
    return obstacleTo(by, "number.approve", user) ?? this.#numbers.approve(user, { actor: by.id, reason });
  }

  /** The old number stays. */
  async refuseNumber(user: User, { by, reason }: Help) {
    const change = { actor: by.id, reason, proof: "administrator" } as const;
    return obstacleTo(by, "number.approve", user) ?? this.#numbers.cancelPending(user, change);
  }
}

/** What stands against bringing somebody's factor into other hands. */
function obstacleTo(by: Actor, action: Action, user: User): NoHelp | null {
  const type = denialAlone(by, action, aboutUser(user));
  return type === null ? null : { type };
}
