/**
 * A time of day as people read it, such as `14:03 UTC`, with the weekday when it is not today. The zone is the
 * server's and therefore named; a script shows the reader's own instead.
 */
export function clockTime(at: Date, now: Date, language: string): string {
  return new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    ...(at.toDateString() === now.toDateString() ? {} : { weekday: "long" }),
  }).format(at);
}
