import type { Day, OfficeDays } from "../../domain/offices/overview-days-store.ts";
import type { OfficeCounts } from "../../domain/offices/overview-store.ts";
import { areaChart, barChart, type Chart } from "./charts.ts";
import type { ConsoleContext } from "./page.ts";

type Reader = Pick<ConsoleContext, "t" | "language">;

const sum = (days: readonly Day[], name: Exclude<keyof Day, "day">): number =>
  days.reduce((all, day) => all + day[name], 0);

/** Sign-ins of each day, with the wrong passwords and codes on top. */
export function signInChart(days: readonly Day[], reader: Reader): Chart {
  const { t } = reader;
  const drawn = {
    name: "sign-ins",
    title: t("console.overview.signIns"),
    summary: t("console.overview.signIns.summary", {
      ...{ signIns: sum(days, "signIns"), refused: sum(days, "refused"), days: days.length },
    }),
    days: days.map(({ day }) => day),
    series: [
      { tone: "main", label: t("console.overview.signIns.ok"), values: days.map(({ signIns }) => signIns) },
      {
        tone: "second",
        label: t("console.overview.signIns.refused"),
        values: days.map((one) => one.refused),
      },
    ],
  } as const;
  return barChart(drawn, reader);
}

export function messageChart(days: readonly Day[], reader: Reader): Chart {
  const { t } = reader;
  const drawn = {
    name: "messages",
    title: t("console.overview.messages"),
    summary: t("console.overview.messages.summary", { sent: sum(days, "messages"), days: days.length }),
    days: days.map(({ day }) => day),
    series: [
      {
        tone: "main",
        label: t("console.overview.messages.sent"),
        values: days.map(({ messages }) => messages),
      },
    ],
  } as const;
  return barChart(drawn, reader);
}

/** How many methods were set up on each day. */
export function enrolmentChart(days: readonly Day[], reader: Reader): Chart {
  const { t } = reader;
  const drawn = {
    name: "enrolled",
    title: t("console.overview.enrolled"),
    summary: t("console.overview.enrolled.summary", { enrolled: sum(days, "enrolled"), days: days.length }),
    days: days.map(({ day }) => day),
    series: [
      {
        tone: "main",
        label: t("console.overview.enrolled.methods"),
        values: days.map((one) => one.enrolled),
      },
    ],
  } as const;
  return barChart(drawn, reader);
}

/** How many of an office's active users had a method on each day: as many as today, without those who came later. */
export function withFactorChart(
  { days, newcomers }: Pick<OfficeDays, "days" | "newcomers">,
  { users, none }: Pick<OfficeCounts, "users" | "none">,
  reader: Reader,
): Chart {
  const { t } = reader;
  const enrolled = users - none;
  const later = (index: number) => newcomers.slice(index + 1).reduce((all, one) => all + one, 0);
  const drawn = {
    name: "enrolled",
    title: t("console.overview.withFactor"),
    summary: t("console.overview.withFactor.summary", { enrolled, users }),
    days: days.map(({ day }) => day),
    most: users,
    series: [
      {
        tone: "main",
        label: t("console.overview.withFactor.users"),
        values: days.map((_, index) => Math.max(0, enrolled - later(index))),
      },
    ],
  } as const;
  return areaChart(drawn, reader);
}
