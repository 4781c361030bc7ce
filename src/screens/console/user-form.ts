import { LANGUAGES, type Translate } from "../../kernel/languages.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";

/** Parts of the forms in which somebody writes who a user is. */
const WRONG: Readonly<Record<string, string>> = {
  name: "userImport.row.name-invalid",
  username: "userImport.row.username-invalid",
  mail: "userImport.row.mail-invalid",
  language: "userImport.row.language-unknown",
  role: "userImport.row.role-above",
};

/** One message a field, however much is wrong with it, in the order of the form. */
export function faultsOf(
  issues: readonly { readonly path: readonly PropertyKey[] }[],
  t: Translate,
): FieldError[] {
  const wrong = new Set(issues.map(({ path }) => String(path[0])));
  const fields = Object.entries(WRONG).filter(([field]) => wrong.has(field));
  return fields.length === 0
    ? [{ field: null, message: t("console.overtaken") }]
    : fields.map(([field, key]) => ({ field, message: t(key) }));
}

/** Empty is none: of the mail address, and of the language, which is the office's then. */
export const orNull = (typed: string): string | null => (typed.trim() === "" ? null : typed.trim());

export const languageChoices = (t: Translate) => [
  { value: "", label: t("account.language.office") },
  ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
];
