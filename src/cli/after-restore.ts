import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import type { RestoredStore } from "../platform/database/restored-store.ts";
import { now } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Office } from "../domain/offices/office.ts";
import type { Answer } from "./answer.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

const ALL_OFFICES = 1_000_000;

/** `after-restore`: ends what a restored backup takes for unused: sessions, tokens, codes, links, trusted browsers. */
export function addAfterRestoreCommand(program: Command): void {
  addVerb(program, {
    usage: "after-restore",
    about:
      "end what a restored backup takes for unused: sessions, tokens, codes, links, trusted and familiar browsers, open requests",
    examples: ["after-restore", "after-restore --keep-recovery-codes"],
  })
    .option(
      "--keep-recovery-codes",
      "leave recovery codes as the backup has them; those used since would work again",
    )
    .action(answering(withServices(afterRestore)));
}

async function afterRestore(
  { stores, offices, audit }: Services,
  { keepRecoveryCodes = false }: { keepRecoveryCodes?: boolean },
): Promise<Answer> {
  const store = stores.restored;
  const all = await offices.list(ALL_OFFICES);
  await requireUsers(store, all);
  const ended = await store.endSignIns();
  for (const { id: officeId } of all) {
    const how = { at: now(), withRecoveryCodes: !keepRecoveryCodes };
    await store.endOffice(officeId, how, (tx) =>
      audit.add(tx, {
        type: "backup.restored",
        outcome: "ok",
        officeId,
        actor: ACTOR,
        details: { recoveryCodesKept: keepRecoveryCodes },
      }),
    );
  }
  return {
    json: { ended, offices: all.length, recoveryCodesKept: keepRecoveryCodes },
    text: [
      `${String(ended)} sessions, tokens and codes were ended, and the links, codes and requests of ${String(all.length)} offices.`,
      ...(keepRecoveryCodes
        ? []
        : ["No user has recovery codes now; users make new ones on their account page."]),
      "Before you start the servers, disable the users again who were disabled after the backup was made.",
    ].join("\n"),
  };
}

/** A dump by a role that is subject to row-level security succeeds, but contains no users. */
async function requireUsers(store: RestoredStore, offices: readonly Office[]): Promise<void> {
  if ((await store.hasAccounts()) && !(await store.hasUsers(offices.map(({ id }) => id)))) {
    throw new OperatorError(
      "The backup has accounts but not one user: the role that dumped it saw no office's rows. Restore a backup that was made by a member of vestibule_backup, into an empty database.",
    );
  }
}
