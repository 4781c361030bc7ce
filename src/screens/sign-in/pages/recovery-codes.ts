import { z } from "zod";
import type { AuditStore } from "../../../domain/audit/audit-store.ts";
import { CodeUsedMeanwhile } from "../../../domain/factors/code-try.ts";
import { FACTOR_KINDS } from "../../../domain/factors/factor.ts";
import { inGroups } from "../../../domain/factors/recovery-codes.ts";
import { recoverySheet } from "../../../domain/factors/recovery-sheet.ts";
import type { RecoveryCodeStore } from "../../../domain/factors/recovery-code-store.ts";
import type { UserStore } from "../../../domain/users/user-store.ts";
import { now } from "../../../kernel/clock.ts";
import type { Database, Queryable } from "../../../platform/database/database.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { Notices } from "../../../platform/messages/notices.ts";
import { has, nextStep } from "../journey.ts";
import { ENROLLED, type SignIn } from "../sign-in-state.ts";
import type { Page, PageContext } from "../page.ts";
import type { UserRef } from "../../../domain/users/user-ref.ts";
import type { SignInStore } from "../sign-in-store.ts";
import { contactOf, factOf, proofOf } from "./code-outcome.ts";

export interface RecoveryCodesDeps {
  readonly recoveryCodes: RecoveryCodeStore;
  readonly store: SignInStore;
  readonly database: Database;
  readonly users: Pick<UserStore, "lock">;
  readonly audit: AuditStore;
  readonly notices: Notices;
  readonly productName: string;
}

const form = z.object({
  saved: z.string().optional(),
  again: z.string().optional(),
  /** The set below which the box stood. */
  seen: z.string().optional(),
});

/** Six codes, shown once. A reload says so and offers a new set, which invalidates the previous one. */
export function recoveryCodesPage(deps: RecoveryCodesDeps): Page<z.output<typeof form>> {
  return {
    name: "recovery-codes",
    view: "sign-in/recovery-codes",
    form,
    keeps: [],
    show: async (context) => {
      const codes = areShown(context.signIn) ? null : await make(deps, context);
      const user = contactOf(context);
      return {
        seen: await deps.database.inOffice(user.officeId, (tx) => deps.recoveryCodes.currentSet(tx, user)),
        ...(codes === null ? { codes } : sheetModel(deps, context, codes.map(inGroups))),
        values: {},
        autofocus: "",
      };
    },
    submit: (context, { saved, again, seen }) => {
      if (again !== undefined && !areShown(context.signIn)) {
        return Promise.resolve({ type: "go", to: "recovery-codes" });
      }
      if (again !== undefined) {
        return Promise.resolve({ type: "done", fact: factOf(context, "recovery-codes-again") });
      }
      if (saved === undefined || !areShown(context.signIn)) {
        return Promise.resolve(fault("saved", context.t("recoveryCodes.tick")));
      }
      return Promise.resolve(
        proofOf(context, "recovery-codes-saved", (tx) =>
          markSaved(deps, tx, { user: contactOf(context), seen }),
        ),
      );
    },
  };
}

function sheetModel({ productName }: RecoveryCodesDeps, context: PageContext, codes: readonly string[]) {
  const { t, language, zone, user } = context;
  const account = user?.account ?? { office: { name: "", code: "" }, username: "" };
  const { signIn } = context;
  const enrolled = FACTOR_KINDS.findLast((kind) => has(signIn, `${kind}-enrolled`));
  const method = enrolled ?? signIn.factors[0] ?? FACTOR_KINDS[0];
  return recoverySheet({ account, codes, method, productName, at: now() }, { t, language, zone });
}

/** A box that was ticked below codes which another sign-in has replaced moves nothing on: the page is shown again. */
async function markSaved(
  { recoveryCodes, users }: RecoveryCodesDeps,
  tx: Queryable,
  { user, seen }: { readonly user: UserRef; readonly seen: string | undefined },
): Promise<void> {
  await users.lock(tx, user.id);
  if (seen !== undefined && seen !== (await recoveryCodes.currentSet(tx, user))) {
    throw new CodeUsedMeanwhile();
  }
  await recoveryCodes.markSaved(tx, user);
}

/** Creates a set and marks it as shown in one transaction, so that only one of two tabs shows a set. */
async function make(
  { recoveryCodes, store, users, audit, notices }: RecoveryCodesDeps,
  context: PageContext,
): Promise<string[] | null> {
  const user = contactOf(context);
  const { codes, save } = await recoveryCodes.prepare();
  const { id, officeId } = user;
  const event = { type: "recovery-codes.made", outcome: "ok", officeId, actor: id, subject: id } as const;
  const proof = {
    type: "recovery-codes-shown",
    userId: id,
    officeId,
    changes: {
      // Before the step is judged again: a reset at the same moment would leave the new codes behind.
      liftBlock: (tx: Queryable) => users.lock(tx, id),
      record: async (tx: Queryable) => {
        await save(tx, user, now());
        await recoveryCodes.askToSave(tx, user, now());
        await audit.add(tx, { ...event, visitor: context.visitor });
        // The mail about a new factor covers its codes; others may be of a thief.
        if (!ENROLLED.some((fact) => has(context.signIn, fact))) {
          await notices.send(tx, user, "recoveryCodesMade", {});
        }
      },
    },
  } as const;
  const isStillDue = (signIn: SignIn) => nextStep(signIn) === "recovery-codes" && !areShown(signIn);
  return (await store.record(context.interaction.uid, proof, isStillDue)) ? codes : null;
}

/**
 * The last fact decides, so that a form that was sent twice asks for one new set. Without one, the codes of an earlier
 * sign-in count.
 */
function areShown({ facts, unsavedCodes }: SignIn): boolean {
  const last = facts.findLast(
    ({ type }) => type === "recovery-codes-shown" || type === "recovery-codes-again",
  );
  return last === undefined ? unsavedCodes.wereShown : last.type === "recovery-codes-shown";
}
