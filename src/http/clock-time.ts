/**
 * A time of day as people read it, such as `14:03 UTC`, with the weekday before it where `day` says so. The zone is the
 * server's; a script of the page puts the reader's in its place.
 */
export function clockTime(at: Date, language: string, day: "long" | null = null): string {
  return new Intl.DateTimeFormat(language, {
    ...(day === null ? {} : { weekday: day }),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).format(at);
}
