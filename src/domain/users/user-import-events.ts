import type { Queryable } from "../../platform/database/database.ts";
import type { AuditStore } from "../audit/audit-store.ts";
import type { AddedUser } from "./user-import-apply-store.ts";
import type { BroughtSecrets, ImportRun } from "./user-import-model.ts";

/** The audit events of users that come by file. */
export async function recordEach(
  audit: AuditStore,
  tx: Queryable,
  { run, actor, users }: { run: ImportRun; actor: string; users: readonly AddedUser[] },
): Promise<void> {
  const event = { outcome: "ok", officeId: run.officeId, actor } as const;
  const details = { import: run.id };
  for (const [role, given] of Map.groupBy(users, (user) => user.role)) {
    const added = { ...event, type: "user.added", details: { ...details, role } } as const;
    await audit.addEach(tx, added, idsOf(given));
  }
  const numbered = users.filter(({ hasNumber }) => hasNumber);
  await audit.addEach(tx, { ...event, type: "number.entered", details }, idsOf(numbered));
  for (const [kind, isBrought] of BROUGHT) {
    const brought = users.filter(isBrought);
    const imported = { ...event, type: "factor.imported", details: { ...details, kind } } as const;
    await (brought.length === 0 ? null : audit.addEach(tx, imported, idsOf(brought)));
  }
}

const BROUGHT = [
  ["passkey", ({ hasPasskey }: AddedUser) => hasPasskey],
  ["totp", ({ hasApp }: AddedUser) => hasApp],
  ["sms", ({ isNumberConfirmed }: AddedUser) => isNumberConfirmed],
] as const;

interface AppliedRun {
  readonly run: ImportRun;
  readonly actor: string;
  readonly added: number;
  readonly areMailsProved: boolean;
  readonly brought: BroughtSecrets;
}

/** Once for the file. */
export function recordImport(audit: AuditStore, tx: Queryable, applied: AppliedRun): Promise<void> {
  const { run, actor, added, areMailsProved, brought } = applied;
  const { passwords } = brought;
  return audit.add(tx, {
    type: "users.imported",
    outcome: "ok",
    officeId: run.officeId,
    actor,
    subject: run.officeId,
    details: {
      ...{ import: run.id, users: added },
      ...(areMailsProved ? { mailsProved: true } : {}),
      ...(passwords > 0 ? { passwords } : {}),
    },
  });
}

const idsOf = (users: readonly { readonly id: string }[]): string[] => users.map(({ id }) => id);
