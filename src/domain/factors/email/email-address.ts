/** An address as pages and the audit log show it: the first character of the name, and where the mailbox is. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const [first = ""] = address.slice(0, Math.max(at, 0));
  return at <= 0 ? "•••" : `${first}•••${address.slice(at)}`;
}

/** The address in one form for counting: nothing that is written otherwise has a limit of its own. */
export const countedAddress = (address: string): string => address.trim().toLowerCase();

/** Whether two addresses are of different mailboxes. Those that differ in case alone are of one, as `mail_hash` of the database has it. */
export const isOtherMailbox = (one: string | null, other: string | null): boolean =>
  (one === null ? null : countedAddress(one)) !== (other === null ? null : countedAddress(other));
