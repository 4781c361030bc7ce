import type { Translate } from "../../kernel/languages.ts";
import { shortCalendarDay } from "../../kernel/date-format.ts";

/** Charts that the server draws as SVG, with the same numbers in a table for those who cannot see them or want them exactly. */
export interface Chart {
  /** Of the element, for its title. */
  readonly name: string;
  readonly title: string;
  /** One sentence with what the chart shows. */
  readonly summary: string;
  readonly isEmpty: boolean;
  readonly width: number;
  readonly height: number;
  /** The value at its upper edge. */
  readonly most: string;
  readonly first: string;
  readonly last: string;
  readonly shapes: readonly Shape[];
  readonly series: readonly { readonly tone: Tone; readonly label: string }[];
  readonly table: {
    readonly columns: readonly string[];
    readonly rows: readonly { readonly day: string; readonly values: readonly string[] }[];
  };
}

type Tone = "main" | "second";

/** An SVG path, so that bars and areas are one thing for the template. */
interface Shape {
  readonly tone: Tone;
  readonly path: string;
}

interface Series {
  readonly tone: Tone;
  readonly label: string;
  readonly values: readonly number[];
}

interface Drawn {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** YYYY-MM-DD, in UTC. */
  readonly days: readonly string[];
  readonly series: readonly Series[];
  /** The value at the upper edge; by default the largest. */
  readonly most?: number;
}

interface Reader {
  readonly t: Translate;
  readonly language: string;
}

const HEIGHT = 120;
const STEP = 24;
const BAR = 18;
/** A bar that is there at all can be seen. */
const LEAST = 2;

/** One bar a day, in which the series stand on each other. */
export const barChart = (drawn: Drawn, reader: Reader): Chart => chartOf(drawn, reader, barsOf);

/** One area below a line, for what adds up. */
export const areaChart = (drawn: Drawn, reader: Reader): Chart => chartOf(drawn, reader, areaOf);

function chartOf(
  drawn: Drawn,
  { t, language }: Reader,
  shapesOf: (series: readonly Series[], most: number) => Shape[],
): Chart {
  const { name, title, summary, days, series } = drawn;
  const number = new Intl.NumberFormat(language);
  const sums = days.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const most = drawn.most ?? Math.max(...sums);
  const names = days.map((day) => shortCalendarDay(day, { language }));
  return {
    ...{ name, title, summary, width: days.length * STEP, height: HEIGHT, most: number.format(most) },
    ...{ first: names[0] ?? "", last: names.at(-1) ?? "" },
    isEmpty: most === 0 || sums.every((sum) => sum === 0),
    shapes: shapesOf(series, most),
    series: series.map(({ tone, label }) => ({ tone, label })),
    table: {
      columns: [t("console.overview.day"), ...series.map(({ label }) => label)],
      rows: names
        .map((day, index) => ({ day, values: series.map(({ values }) => number.format(values[index] ?? 0)) }))
        .toReversed(),
    },
  };
}

function barsOf(series: readonly Series[], most: number): Shape[] {
  const below: number[] = [];
  return series.flatMap(({ tone, values }) => {
    const path = values.flatMap((value, index) => {
      const height = value === 0 ? 0 : Math.max(LEAST, Math.round((value / most) * HEIGHT));
      const foot = HEIGHT - (below[index] ?? 0);
      below[index] = (below[index] ?? 0) + height;
      const left = index * STEP + (STEP - BAR) / 2;
      return height === 0 ? [] : [`M${left} ${foot}h${BAR}v${-height}h${-BAR}z`];
    });
    return path.length === 0 ? [] : [{ tone, path: path.join("") }];
  });
}

function areaOf(series: readonly Series[], most: number): Shape[] {
  return series.map(({ tone, values }) => {
    const points = values.map((value, index) => {
      const at = (index / Math.max(1, values.length - 1)) * values.length * STEP;
      return `${Math.round(at)} ${HEIGHT - Math.round((value / Math.max(1, most)) * HEIGHT)}`;
    });
    return { tone, path: `M0 ${HEIGHT}L${points.join("L")}V${HEIGHT}z` };
  });
}
