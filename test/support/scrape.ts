/** A metric's value with its labels, as Prometheus reads it. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a management listener says. */
export async function scrape(port: number): Promise<Sample[]> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/metrics`);
  if (!answer.ok) {
    throw new Error(`The scrape was answered with ${String(answer.status)}.`);
  }
  return samplesOf(await answer.text());
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus text; throws for a line that is none. */
export function samplesOf(text: string): Sample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name, labels = "", value] = LINE.exec(line) ?? [];
      if (name === undefined) {
        throw new Error(`This is no sample: ${line}`);
      }
      const read = [...labels.matchAll(LABEL)].map(([, label, text]) => [label, text] as const);
      return { name, labels: Object.fromEntries(read) as Record<string, string>, value: Number(value) };
    });
}

/** The sum of a metric's values that have these labels. */
export function valueOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
