import { LANGUAGES, type Translate } from "../../kernel/languages.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";

/** The fields of the forms that add and edit a user, with their error texts. */
const WRONG: Readonly<Record<string, string>> = {
  name: "userImport.row.name-invalid",
  username: "userImport.row.username-invalid",
  mail: "userImport.row.mail-invalid",
  language: "userImport.row.language-unknown",
  role: "userImport.row.role-above",
};

/** One message for each faulty field, in the order of the form. */
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

/** An empty field means no value: no mail address, or the language of the office. */
export const orNull = (typed: string): string | null => (typed.trim() === "" ? null : typed.trim());

export const languageChoices = (t: Translate) => [
  { value: "", label: t("account.language.office") },
  ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
];
