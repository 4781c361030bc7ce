/**
 * A user's name in the whole installation, such as `anna@PLAIN`. It is unique: an office code has no `@`, so that what follows the
 * last `@` is the office whatever an administrator typed as the username, and a username is unique in its office.
 */
export const uniqueName = (username: string, officeCode: string): string => `${username}@${officeCode}`;

const NAME_IN_OFFICE = /^(.+)@([A-Z0-9-]{3,32})$/isu;

/**
 * Takes apart a name that an application sends back (`login_hint`). A name of another office than `fixedCode` stays whole, as does
 * one that only looks alike, such as a mail address.
 */
export function readUniqueName(
  name: string,
  fixedCode: string | null,
): { readonly username: string; readonly officeCode: string | null } {
  const [, username = "", code = ""] = NAME_IN_OFFICE.exec(name) ?? [];
  const officeCode = code.toUpperCase();
  return username === "" || (fixedCode !== null && fixedCode !== officeCode)
    ? { username: name, officeCode: null }
    : { username, officeCode };
}
