/**
 * A cell that no spreadsheet takes for a formula (CWE-1236, OWASP CSV injection): a name that begins with `=`, or with
 * its full-width form, would otherwise be run by whoever opens the file. Not yet quoted: `csvLine` does that.
 */
export const formulaSafeCell = (text: string): string =>
  /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
