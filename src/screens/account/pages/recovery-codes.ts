import { FACTOR_KINDS } from "../../../domain/factors/factor.ts";
import { inGroups } from "../../../domain/factors/recovery-codes.ts";
import type { RecoveryCodeStore } from "../../../domain/factors/recovery-code-store.ts";
import { now } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/database.ts";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import { recoverySheet } from "../../../domain/factors/recovery-sheet.ts";
import { ownerOf, type ChangePage } from "../page.ts";

interface Deps {
  readonly recoveryCodes: RecoveryCodeStore;
  readonly own: OwnAccount;
  readonly database: Database;
  readonly productName: string;
}

/** Six new recovery codes. The response to the form shows them once. The previous codes are invalid from then on. */
export function newCodesPage({ recoveryCodes, own, database, productName }: Deps): ChangePage {
  return {
    path: "/account/recovery-codes",
    tab: "general",
    needsFactor: true,
    show: ({ overview }) =>
      Promise.resolve({
        view: "new-codes",
        office: overview.office,
        model: { codesLeft: overview.codesLeft },
      }),
    submit: async (context) => {
      const { session, overview, t, language } = context;
      const { account } = session;
      const { codes, save } = await recoveryCodes.prepare();
      await database.inOffice(account.office.id, async (tx) => {
        await own.hold(tx, ownerOf(context));
        await save(tx, { id: account.id, officeId: account.office.id }, now());
        const change = { type: "recovery-codes.made", notice: "recoveryCodesMade" } as const;
        await own.record(tx, ownerOf(context), change);
      });
      const method =
        FACTOR_KINDS.find((known) => overview.factors.some(({ kind }) => kind === known)) ?? FACTOR_KINDS[0];
      const shown = recoverySheet(
        { account, codes: codes.map(inGroups), method, productName, at: now() },
        { t, language },
      );
      return { type: "show", shown: { view: "codes", office: overview.office, model: shown } };
    },
  };
}
