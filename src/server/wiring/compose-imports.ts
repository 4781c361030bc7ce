import type { Services } from "./compose.ts";
import type { Texts } from "../../platform/web/texts.ts";
import { systemClock } from "../../kernel/clock.ts";
import { taskJobs } from "../../platform/messages/task-jobs.ts";
import { ImportTasks } from "../../domain/users/import-tasks.ts";
import { UserExport } from "../../domain/users/user-export.ts";
import { UserExportStore } from "../../domain/users/user-export-store.ts";
import { UserImporter } from "../../domain/users/user-importer.ts";
import { UserImportApply } from "../../domain/users/user-import-apply.ts";
import { UserImportApplyStore } from "../../domain/users/user-import-apply-store.ts";
import { UserImportStore } from "../../domain/users/user-import-store.ts";
import { importWords } from "../../domain/users/user-import-words.ts";

type Parts = Pick<Services, "database" | "hasher" | "audit" | "offices" | "links">;

/** Users that come as a file. */
export function composeImports(parts: Parts, texts: Texts) {
  const { database, links } = parts;
  const shared = { database, jobs: taskJobs, clock: systemClock };
  const runs = new UserImportStore(database);
  const store = new UserImportApplyStore(database);
  const { passwordLinks } = links;
  return {
    importer: new UserImporter({ ...shared, store: runs }),
    apply: new UserImportApply({ ...parts, ...shared, store, runs }),
    tasks: new ImportTasks({ ...parts, ...shared, store, runs, passwordLinks }),
    userExport: new UserExport({ store: new UserExportStore(database), audit: parts.audit }),
    words: (language: string) => importWords(texts.in(language)),
  };
}
