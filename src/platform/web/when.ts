import { dateFormat } from "../../kernel/date-format.ts";

const dateTimeText = dateFormat({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/** A moment (seconds since 1970) as people read it, in the server's zone and with its name. */
export function dateTime(at: number, language: string): { iso: string; text: string } {
  const date = new Date(at * 1000);
  return { iso: date.toISOString(), text: dateTimeText(date, language) };
}

const longDay = dateFormat({ dateStyle: "long" });

/** A day, as a factor's age is told. */
export const dayText = (at: number, language: string): string => longDay(at * 1000, language);
