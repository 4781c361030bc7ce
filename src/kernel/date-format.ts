/** Dates and times as pages and mails show them: one place for all of them, in the language and the time zone of who reads. */

/** The time zone that times are shown in. `isNamed`: every time carries its name, because the reader did not choose the zone. */
export interface ReaderZone {
  /** IANA name. */
  readonly name: string;
  readonly isNamed: boolean;
}

/** Who reads: each page's context is one. */
export interface Reader {
  readonly language: string;
  readonly zone: ReaderZone;
}

/** Formats of one kind that are kept. There are 400 zones, and a browser can claim any of them. */
const MOST_FORMATS = 100;

/** Keeps the formatters that were used last: creating one takes longer than rendering the line that uses it. */
function dateFormat(options: Intl.DateTimeFormatOptions): (at: Date | number, reader: Reader) => string {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (at, { language, zone }) => {
    const key = `${language} ${zone.name} ${String(zone.isNamed)}`;
    const timeZoneName =
      zone.isNamed && options.hour !== undefined ? ({ timeZoneName: "short" } as const) : {};
    const format =
      formats.get(key) ??
      new Intl.DateTimeFormat(language, { ...options, ...timeZoneName, timeZone: zone.name });
    formats.delete(key);
    formats.set(key, format);
    const [oldest] = formats.keys();
    if (formats.size > MOST_FORMATS && oldest !== undefined) {
      formats.delete(oldest);
    }
    return format.format(at);
  };
}

const DAY = { day: "numeric", month: "short", year: "numeric" } as const;
const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const dateTimeFormat = dateFormat({ ...DAY, ...TIME });
const withSecondsFormat = dateFormat({ ...DAY, ...TIME, second: "2-digit" });
const sortableFormat = dateFormat({
  ...{ ...TIME, second: "2-digit", year: "numeric", month: "2-digit", day: "2-digit" },
});
const longDayFormat = dateFormat({ day: "numeric", month: "long", year: "numeric" });
const shortDayFormat = dateFormat({ day: "numeric", month: "short" });
const dayFormat = dateFormat(DAY);
const timeFormat = dateFormat(TIME);
const weekdayTimeFormat = dateFormat({ ...TIME, weekday: "long" });
const secondsFormat = dateFormat({ ...TIME, second: "2-digit" });

/** Date and time of `at`, in seconds since 1970. `iso` is for the `datetime` attribute of a `time` element. */
export function dateTime(at: number, reader: Reader): { iso: string; text: string } {
  const date = new Date(at * 1000);
  return { iso: date.toISOString(), text: dateTimeFormat(date, reader) };
}

/** The same to the second, for evidence. */
export const dateTimeWithSeconds = (at: Date, reader: Reader): string => withSecondsFormat(at, reader);

/** The same to sort by, such as `2026-01-31 14:03:05`, whatever the language. */
export const sortableTime = (at: Date, { zone }: Pick<Reader, "zone">): string =>
  sortableFormat(at, { language: "sv", zone: { ...zone, isNamed: false } });

/** The day of `at`, in seconds since 1970, with the month in full. */
export const longDay = (at: number, reader: Reader): string => longDayFormat(at * 1000, reader);

/** A day of the calendar (YYYY-MM-DD), with the month in full. It is the same day wherever it is read. */
export const calendarDay = (day: string, { language }: Pick<Reader, "language">): string =>
  longDayFormat(Date.parse(day), { language, zone: CALENDAR });

/** The same without the year, such as `3 Jan`. */
export const shortCalendarDay = (day: string, { language }: Pick<Reader, "language">): string =>
  shortDayFormat(Date.parse(day), { language, zone: CALENDAR });

const CALENDAR: ReaderZone = { name: "UTC", isNamed: false };

/** A time of day, such as `14:03`, with the weekday when it is not today. */
export const timeOfDay = (at: Date, now: Date, reader: Reader): string =>
  (dayFormat(at, reader) === dayFormat(now, reader) ? timeFormat : weekdayTimeFormat)(at, reader);

/** A time of day in a list that names the day and the zone above it. */
export const timeOfRow = (at: Date, { language, zone }: Reader): string =>
  secondsFormat(at, { language, zone: { ...zone, isNamed: false } });

/** A time of day with seconds, for what ends within minutes. */
export const timeWithSeconds = (at: Date, reader: Reader): string => secondsFormat(at, reader);
