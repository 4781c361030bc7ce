import { dateFormat } from "../../kernel/date-format.ts";

const inWords = dateFormat({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
});

/** A moment (seconds since 1970) as people read it, in the server's zone and with its name. */
export function when(at: number, language: string): { iso: string; text: string } {
  const date = new Date(at * 1000);
  return { iso: date.toISOString(), text: inWords(date, language) };
}

const dayInWords = dateFormat({ dateStyle: "long" });

/** A day, as a factor's age is told. */
export const onDay = (at: number, language: string): string => dayInWords(at * 1000, language);
