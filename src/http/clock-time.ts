/** A time of day as people read it, such as `14:03`. The zone is the server's; pages say so where it matters. */
export function clockTime(at: Date, language: string): string {
  return new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(at);
}
