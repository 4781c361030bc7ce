import { dateFormat } from "../../kernel/date-format.ts";

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" } as const;
const today = dateFormat(TIME);
const otherDay = dateFormat({ ...TIME, weekday: "long" });
const withSeconds = dateFormat({ ...TIME, second: "2-digit" });

/**
 * A time of day as people read it, such as `14:03 UTC`, with the weekday when it is not today. The zone is the
 * server's and therefore named; a script shows the reader's own instead.
 */
export const timeOfDay = (at: Date, now: Date, language: string): string =>
  (at.toDateString() === now.toDateString() ? today : otherDay)(at, language);

/** The same with the seconds, for what is over soon. */
export const timeWithSeconds = (at: Date, language: string): string => withSeconds(at, language);
