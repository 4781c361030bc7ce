import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import type { Translate } from "../../kernel/languages.ts";
import type { RowFault } from "./user-import-model.ts";

/** The results of an import, in one language: for pages, for the result file and for the command line. */
export interface ImportTexts {
  readonly heading: readonly string[];
  /** Null: the row is good. */
  row(fault: RowFault | null): string;
  file(fault: CsvFault): string;
}

export const importTexts = (t: Translate): ImportTexts => ({
  heading: ["line", "username", "verdict"].map((column) => t(`userImport.column.${column}`)),
  row: (fault) =>
    fault === null ? t("userImport.good") : t(`userImport.row.${fault.code}`, { line: fault.about }),
  file: ({ code, line, about }) => {
    const fault = t(`userImport.file.${code}`, { about });
    return line === null ? fault : t("userImport.atLine", { line, fault });
  },
});
