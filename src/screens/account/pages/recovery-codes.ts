import { FACTOR_KINDS } from "../../../domain/factors/factor.ts";
import { inGroups } from "../../../domain/factors/recovery-codes.ts";
import type { RecoveryCodeStore } from "../../../domain/factors/recovery-code-store.ts";
import { now } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/database.ts";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import { recoverySheet } from "../../../domain/factors/recovery-sheet.ts";
import type { Overview } from "../account-store.ts";
import { ownerOf, type ChangeContext, type ChangePage, type Shown } from "../page.ts";

interface Deps {
  readonly recoveryCodes: RecoveryCodeStore;
  readonly own: OwnAccount;
  readonly database: Database;
  readonly productName: string;
}

/**
 * Six new recovery codes. The response to the form shows them once. The previous codes are invalid from then on. The form says
 * which set its page has seen: of a double click the second answer is what the user sees, and the codes of the first would
 * be gone, or dead where both were made. Until the box below them is ticked, every sign-in asks for it.
 */
export function newCodesPage(deps: Deps): ChangePage {
  return {
    path: "/account/recovery-codes",
    tab: "general",
    needsFactor: true,
    change: "recovery-codes",
    show: ({ overview }) => Promise.resolve(question(overview, overview.codeSet)),
    submit: async (context, { seen = "", saved }) => {
      const { overview } = context;
      if (saved !== undefined && (await markSaved(deps, context, seen))) {
        return { type: "done", to: "/account", done: "codes" };
      }
      const isOfPage = saved === undefined && overview.codeSet === seen;
      const made = isOfPage ? await make(deps, context, seen) : overview.codeSet;
      const shown =
        typeof made === "string"
          ? question(overview, made, true)
          : { view: "codes", office: overview.office, model: sheetOf(deps, context, made) };
      return { type: "show", shown };
    },
  };
}

const question = ({ office, codesLeft }: Overview, seen: string, isShownAlready = false): Shown => ({
  view: "new-codes",
  office,
  model: { codesLeft, seen, isShownAlready },
});

interface Made {
  readonly codes: readonly string[];
  /** Their set, which the box belongs to. */
  readonly set: string;
}

/** Returns the current set instead when it is not the one that was seen. */
async function make(
  { recoveryCodes, own, database }: Deps,
  context: ChangeContext,
  seen: string,
): Promise<Made | string> {
  const { id, office } = context.session.account;
  const user = { id, officeId: office.id };
  const { codes, save } = await recoveryCodes.prepare();
  return database.inOffice(office.id, async (tx) => {
    await own.hold(tx, ownerOf(context));
    const current = await recoveryCodes.currentSet(tx, user);
    if (current !== seen) {
      return current;
    }
    await save(tx, user, now());
    await recoveryCodes.askToSave(tx, user, now());
    const change = { type: "recovery-codes.made", notice: "recoveryCodesMade" } as const;
    await own.record(tx, ownerOf(context), change);
    return { codes, set: await recoveryCodes.currentSet(tx, user) };
  });
}

/** False when another set is current: the box stood below codes that are dead. */
async function markSaved(
  { recoveryCodes, own, database }: Deps,
  context: ChangeContext,
  seen: string,
): Promise<boolean> {
  const { id, office } = context.session.account;
  const user = { id, officeId: office.id };
  return database.inOffice(office.id, async (tx) => {
    await own.hold(tx, ownerOf(context));
    const isCurrent = (await recoveryCodes.currentSet(tx, user)) === seen;
    if (isCurrent) {
      await recoveryCodes.markSaved(tx, user);
    }
    return isCurrent;
  });
}

function sheetOf(
  { productName }: Deps,
  { session, overview, t, language, zone }: ChangeContext,
  { codes, set }: Made,
) {
  const { account } = session;
  const method =
    FACTOR_KINDS.find((known) => overview.factors.some(({ kind }) => kind === known)) ?? FACTOR_KINDS[0];
  const sheet = { account, codes: codes.map(inGroups), method, productName, at: now() };
  return { ...recoverySheet(sheet, { t, language, zone }), seen: set, values: {}, autofocus: "" };
}
