import type { CsvFault } from "../../kernel/csv/csv-fault.ts";
import type { RowFault } from "./user-import.ts";

type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** What happened to a file, in one language: for pages, for the result file and for the command line. */
export const importWords = (t: Translate) => ({
  heading: ["line", "username", "verdict"].map((column) => t(`userImport.column.${column}`)),
  /** Null: the row is good. */
  row: (fault: RowFault | null): string =>
    fault === null ? t("userImport.good") : t(`userImport.row.${fault.code}`, { line: fault.about }),
  file: ({ code, line, about }: CsvFault): string => {
    const fault = t(`userImport.file.${code}`, { about });
    return line === null ? fault : t("userImport.atLine", { line, fault });
  },
});
