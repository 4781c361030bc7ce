/**
 * Dates and times as pages show them, in each language. Times are in the server's zone, whose name they carry; a script
 * on the page shows the reader's own zone instead.
 */

/** Keeps one formatter for each language: creating one takes longer than rendering the line that uses it. */
export function dateFormat(
  options: Intl.DateTimeFormatOptions,
): (date: Date | number, language: string) => string {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (date, language) => {
    const format = formats.get(language) ?? new Intl.DateTimeFormat(language, options);
    formats.set(language, format);
    return format.format(date);
  };
}

const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" } as const;
const dateTimeFormat = dateFormat({ day: "numeric", month: "short", year: "numeric", ...TIME });
const longDayFormat = dateFormat({ dateStyle: "long" });
const timeFormat = dateFormat(TIME);
const weekdayTimeFormat = dateFormat({ ...TIME, weekday: "long" });
const secondsFormat = dateFormat({ ...TIME, second: "2-digit" });

/** Date and time of `at`, in seconds since 1970. `iso` is for the `datetime` attribute of a `time` element. */
export function dateTime(at: number, language: string): { iso: string; text: string } {
  const date = new Date(at * 1000);
  return { iso: date.toISOString(), text: dateTimeFormat(date, language) };
}

/** The day of `at`, in seconds since 1970, with the month in full. */
export const longDay = (at: number, language: string): string => longDayFormat(at * 1000, language);

/** A time of day, such as `14:03 UTC`, with the weekday when it is not today. */
export const timeOfDay = (at: Date, now: Date, language: string): string =>
  (at.toDateString() === now.toDateString() ? timeFormat : weekdayTimeFormat)(at, language);

/** A time of day with seconds, for what ends within minutes. */
export const timeWithSeconds = (at: Date, language: string): string => secondsFormat(at, language);
