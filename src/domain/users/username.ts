/**
 * A username in folded form, for comparing: NFKC, trimmed, case-folded. Upper case first, because it also folds `ß` and
 * the dotless `ı`, which lower case alone leaves distinct.
 */
export const foldUsername = (typed: string): string =>
  typed.normalize("NFKC").trim().toUpperCase().toLowerCase();

const OTHER_LATIN = "æœøđðþłħŧŋ";

/** What is wrong with a new username, or null. Look-alikes of other scripts are refused: two users would look the same. */
export function usernameFault(typed: string): string | null {
  const folded = foldUsername(typed);
  if (folded.length < 2 || folded.length > 100) {
    return "must have 2 to 100 characters";
  }
  // Two names that look the same are two people: a mark without a letter of its own, such as U+034F, is drawn as nothing.
  if (/\p{Default_Ignorable_Code_Point}/u.test(folded)) {
    return "must not have invisible characters";
  }
  // A page shows two spaces as one.
  if (folded.includes("  ")) {
    return "must not have two spaces in a row";
  }
  const plain = folded
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(new RegExp(`[${OTHER_LATIN}]`, "gu"), "");
  return /^[a-z0-9._@+' -]*$/.test(plain)
    ? null
    : "may have Latin letters, digits, spaces and . _ - @ + ' only";
}
