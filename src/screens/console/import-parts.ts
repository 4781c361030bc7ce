import type { UserExport } from "../../domain/users/user-export.ts";
import type { UserImportApply } from "../../domain/users/user-import-apply.ts";
import type { importWords } from "../../domain/users/user-import-words.ts";
import type { UserImporter } from "../../domain/users/user-importer.ts";

/** What the pages of files of users are made of. */
export interface ImportParts {
  readonly importer: UserImporter;
  readonly apply: UserImportApply;
  readonly userExport: UserExport;
  readonly words: (language: string) => ReturnType<typeof importWords>;
}
