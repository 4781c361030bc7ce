/** Time zones by their IANA names, and the days that begin in them. */

/** A name, and no offset such as `+02:00`, which newer versions of Node take too. */
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/;
const LONGEST = 64;

/** Answers by what was asked: a browser sends its zone with every request. Emptied when full, because anyone can ask. */
const known = new Map<string, string | null>();
const MOST_KNOWN = 1_000;

/** The zone as the runtime calls it, such as `Europe/Amsterdam`; null for anything that is no IANA name. */
export function timeZoneOf(typed: string): string | null {
  const found = known.get(typed);
  if (found !== undefined) {
    return found;
  }
  const zone = typed.length <= LONGEST && NAME.test(typed) ? resolved(typed) : null;
  if (known.size >= MOST_KNOWN) {
    known.clear();
  }
  if (typed.length <= LONGEST) {
    known.set(typed, zone);
  }
  return zone;
}

function resolved(name: string): string | null {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

export const DEFAULT_TIME_ZONE = "UTC";

const TIME_ZONES: readonly string[] = [DEFAULT_TIME_ZONE, ...Intl.supportedValuesOf("timeZone")];

/** Cities that have another spelling today than the one that the runtime keeps. */
const NEW_SPELLINGS: Readonly<Record<string, string>> = {
  "America/Godthab": "America/Nuuk",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho Chi Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
};

/** A zone for the eye, such as `America/New York`. */
export const timeZoneText = (zone: string): string => NEW_SPELLINGS[zone] ?? zone.replaceAll("_", " ");

/** The zones as a form offers them. */
export const TIME_ZONE_CHOICES: readonly { readonly value: string; readonly label: string }[] =
  TIME_ZONES.map((value) => ({ value, label: timeZoneText(value) })).sort((one, other) =>
    one.label.localeCompare(other.label, "en"),
  );

const days = new Map<string, Intl.DateTimeFormat>();

/** The day and the hour (0 to 23) of a moment in a zone. */
function localHour(at: Date, zone: string): { readonly day: string; readonly hour: number } {
  const format =
    days.get(zone) ??
    new Intl.DateTimeFormat("en", {
      ...{ timeZone: zone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23" },
      ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit" },
    });
  if (days.size >= MOST_KNOWN) {
    days.clear();
  }
  days.set(zone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? "";
  return {
    day: `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`,
    hour: Number(part("hour")),
  };
}

/** The day of a moment in a zone, as YYYY-MM-DD. */
export const localDay = (at: Date, zone: string): string => localHour(at, zone).day;

const SECOND_MS = 1_000;
/** Farther from UTC than any hour of a day in any zone has ever been. */
const FARTHEST_SECONDS = 51 * 3_600;

/** Whether a day (YYYY-MM-DD) is in years that zones, PostgreSQL and JavaScript all know. */
export const isNearDay = (day: string): boolean => day >= "1970-01-01" && day <= "2999-12-31";

/**
 * The first moment of a day (YYYY-MM-DD) in a zone. It is searched for, because there is no midnight where clocks are put forward at
 * midnight, and no day at all where the date line was moved: then it is the first moment after.
 */
export const startOfDay = (day: string, zone: string): Date => startOfHour(day, 0, zone);

/** The first moment of an hour (0 to 23) of that day; where clocks skip the hour, the first moment after it. */
export function startOfHour(day: string, hour: number, zone: string): Date {
  const middle = Date.parse(`${day}T00:00:00Z`) / SECOND_MS;
  let [before, after] = [middle - FARTHEST_SECONDS, middle + FARTHEST_SECONDS];
  while (after - before > 1) {
    const at = Math.floor((before + after) / 2);
    const local = localHour(new Date(at * SECOND_MS), zone);
    if (local.day < day || (local.day === day && local.hour < hour)) {
      before = at;
    } else {
      after = at;
    }
  }
  return new Date(after * SECOND_MS);
}

/** The day that is `count` days after another; negative: before. */
export function dayPlus(day: string, count: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + count);
  return at.toISOString().slice(0, 10);
}
