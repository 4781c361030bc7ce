import { foldCase, typedUsername } from "../../kernel/typed-text/typed-text.ts";

/** A username in folded form, for comparing. It is the only one: the database keeps it as `username_key`, and folds nothing itself. */
export const foldUsername = (typed: string): string => foldCase(typedUsername(typed));

const OTHER_LATIN = "æœøđðþłħŧŋ";

/** What is wrong with a new username, or null. Look-alikes of other scripts are refused: two users would look the same. */
export function usernameFault(typed: string): string | null {
  const folded = foldUsername(typed);
  if (folded.length < 2 || folded.length > 100) {
    return "must have 2 to 100 characters";
  }
  const plain = folded
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(new RegExp(`[${OTHER_LATIN}]`, "gu"), "");
  return /^[a-z0-9._@+' -]*$/.test(plain)
    ? null
    : "may have Latin letters, digits, spaces and . _ - @ + ' only";
}
