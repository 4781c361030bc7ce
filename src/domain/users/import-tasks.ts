import type { Database } from "../../platform/database/database.ts";
import { now } from "../../kernel/clock.ts";
import type { Task, TaskJobs, TaskRunner } from "../../platform/messages/task-jobs.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import type { PasswordLinks } from "../credentials/password-links.ts";
import type { UserImportApplyStore } from "./user-import-apply-store.ts";
import type { UserImportStore } from "./user-import-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: UserImportApplyStore;
  readonly runs: UserImportStore;
  readonly offices: OfficeStore;
  readonly passwordLinks: PasswordLinks;
  readonly jobs: TaskJobs;
}

/** Twenty invitations every two seconds: more could exceed a mail server's limits, and other messages have priority. */
const TURN = { invitations: 20, seconds: 2 } as const;

/** How long an import waits for its invitations before its rows are checked again. */
const RECHECK_SECONDS = 60 * 60;

/** The work left after a file was applied, one turn at a time; each turn is one transaction with its mails. */
export class ImportTasks implements TaskRunner {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  run(task: Task): Promise<void> {
    return task.task === "import-invite" ? this.#invite(task) : this.#forget(task);
  }

  /** A process that dies in a turn rolls it back: another process takes the same turn, and no user is invited twice. */
  async #invite({ id, officeId, turn }: Task): Promise<void> {
    const { database, store, runs, offices, passwordLinks, jobs } = this.#deps;
    const office = await offices.find(officeId);
    await database.inOffice(officeId, async (tx) => {
      const run = await runs.find(tx, id);
      if (run === null || office === null || !(await store.takeTurn(tx, id, { turn, at: now() }))) {
        return;
      }
      const { marked, users } = await store.invite(tx, id, { limit: TURN.invitations, at: now() });
      let invited = 0;
      for (const user of users) {
        const link = { purpose: "invitation", actor: run.actor } as const;
        invited += (await passwordLinks.sendIn(tx, { user, office }, link)) ? 1 : 0;
      }
      await store.countInvited(tx, id, invited);
      if (marked === TURN.invitations) {
        await jobs.add(tx, { task: "import-invite", id, officeId, turn: turn + 1 }, TURN.seconds);
      }
    });
  }

  /** After a day: names and addresses are kept no longer than the verdicts are needed. */
  async #forget({ id, officeId }: Task): Promise<void> {
    const { database, store, runs, jobs } = this.#deps;
    await database.inOffice(officeId, async (tx) => {
      if (await store.isInviting(tx, id)) {
        await jobs.add(tx, { task: "import-forget", id, officeId, turn: 0 }, RECHECK_SECONDS);
        return;
      }
      await runs.forget(tx, id, now());
    });
  }
}
