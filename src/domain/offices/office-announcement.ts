const OFFICE = "office ";

/** How a change of an office is announced. */
export const officeAnnouncement = (id: string): string => OFFICE + id;

/** The id of the office that an announcement is about; null for another one. */
export const announcedOffice = (what: string): string | null =>
  what.startsWith(OFFICE) ? what.slice(OFFICE.length) : null;
