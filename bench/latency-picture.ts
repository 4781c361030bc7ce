import { quantile } from "./figures.ts";
import type { AnyFlowName } from "./load.ts";

/** The time of each request, by its method and the template of its path, while a flow arrives at `rate` in a second. */
export interface Measured {
  readonly flow: AnyFlowName;
  readonly rate: number;
  /** Flows that began late, since all virtual users were busy: their wait is in no request's time. */
  readonly late: number;
  readonly requests: ReadonlyMap<string, readonly number[]>;
}

/** Sizes in pixels. */
const [ROW, LEFT, WIDTH, TOP, RIGHT] = [34, 300, 480, 40, 20];
/** The scale: from a tenth of a millisecond to ten seconds, ten bars for each power of ten. */
const [FIRST_POWER, LAST_POWER, BARS] = [-1, 4, 10];

interface Row {
  readonly name: string;
  readonly times: readonly number[];
}

/** A histogram of each page and endpoint, one under the other on one logarithmic scale, as SVG. The line marks p95. */
export function drawLatencies(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ flow, requests }) =>
    [...requests].map(([name, times]): Row => ({ name: `${name} (${flow})`, times })),
  );
  const bottom = TOP + rows.length * ROW;
  const [width, height] = [LEFT + WIDTH + RIGHT, bottom + 30];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" font-family="sans-serif" font-size="11" role="img" aria-label="Time of each page and endpoint at half of the highest rate">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${String(LEFT)}" y="20" font-size="13">Milliseconds at half of the highest rate; the line is p95</text>`,
    ...powers().flatMap((power) => drawPower(power, bottom)),
    ...rows.flatMap((row, index) => drawRow(row, TOP + index * ROW)),
    "</svg>\n",
  ].join("\n");
}

const powers = (): number[] =>
  Array.from({ length: LAST_POWER - FIRST_POWER + 1 }, (_, index) => FIRST_POWER + index);

function drawPower(power: number, bottom: number): string[] {
  const x = xOf(10 ** power);
  return [
    `<line x1="${x}" x2="${x}" y1="${String(TOP)}" y2="${String(bottom)}" stroke="#ddd"/>`,
    `<text x="${x}" y="${String(bottom + 16)}" text-anchor="middle" fill="#555">${String(10 ** power)}</text>`,
  ];
}

function drawRow({ name, times }: Row, top: number): string[] {
  const counts = countsOf(times);
  const most = Math.max(...counts);
  const base = top + ROW - 4;
  const bars = counts.flatMap((count, bar) => {
    const height = (count / most) * (ROW - 8);
    const [from, to] = [xOf(limitOf(bar)), xOf(limitOf(bar + 1))];
    const size = `width="${(Number(to) - Number(from) - 1).toFixed(1)}" height="${height.toFixed(1)}"`;
    return count === 0
      ? []
      : [`<rect x="${from}" y="${(base - height).toFixed(1)}" ${size} fill="#3b6ea8"/>`];
  });
  const p95 = xOf(quantile(times, 0.95));
  return [
    `<text x="${String(LEFT - 8)}" y="${String(base - 6)}" text-anchor="end">${name}</text>`,
    `<line x1="${String(LEFT)}" x2="${String(LEFT + WIDTH)}" y1="${String(base)}" y2="${String(base)}" stroke="#bbb"/>`,
    ...bars,
    `<line x1="${p95}" x2="${p95}" y1="${String(top + 2)}" y2="${String(base)}" stroke="#b3261e" stroke-width="1.5"/>`,
  ];
}

function countsOf(times: readonly number[]): number[] {
  const counts = Array.from({ length: (LAST_POWER - FIRST_POWER) * BARS }, () => 0);
  for (const time of times) {
    const bar = Math.floor((Math.log10(time) - FIRST_POWER) * BARS);
    const kept = Math.min(counts.length - 1, Math.max(0, bar));
    counts[kept] = (counts[kept] ?? 0) + 1;
  }
  return counts;
}

const limitOf = (bar: number): number => 10 ** (FIRST_POWER + bar / BARS);

/** Where a time is on the scale; what is beyond it, at its end. */
function xOf(milliseconds: number): string {
  const part = (Math.log10(milliseconds) - FIRST_POWER) / (LAST_POWER - FIRST_POWER);
  return (LEFT + WIDTH * Math.min(1, Math.max(0, part))).toFixed(1);
}
