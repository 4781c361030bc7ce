/** A moment (seconds since 1970) as people read it, in the server's zone and with its name. */
export function when(at: number, language: string): { iso: string; text: string } {
  const date = new Date(at * 1000);
  const text = new Intl.DateTimeFormat(language, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).format(date);
  return { iso: date.toISOString(), text };
}

/** A day, as a factor's age is told. */
export const onDay = (at: number, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(at * 1000));
