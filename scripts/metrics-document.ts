import { DATABASE_METRICS } from "../src/server/metrics/database-metrics.ts";
import type { Metric } from "../src/server/metrics/metric.ts";
import { PROCESS_METRICS } from "../src/server/metrics/process-metrics.ts";
import { SIGN_IN_METRICS } from "../src/server/metrics/sign-in-metrics.ts";
import { WEB_METRICS } from "../src/server/metrics/web-metrics.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** Every metric, from the tables that the program itself counts by. */
export function metricsDocument(): string {
  return `${madeFrom("src/server/metrics/*-metrics.ts")}

# Metrics

\`VESTIBULE_MANAGEMENT_PORT\` opens a listener of its own for \`/metrics\`, \`/health/live\` and \`/health/ready\`, of a server and of a worker. Without
it nothing is measured, and nothing for it is loaded. It listens on 127.0.0.1 unless \`VESTIBULE_MANAGEMENT_HOST\` says otherwise, and asks for no
password. The public port keeps its health checks, and has no metrics.

The text is Prometheus's (version 0.0.4). Alert rules are in \`deploy/prometheus/rules.yml\`, a dashboard for Grafana in
\`deploy/grafana/vestibule.json\`, and [runbooks](runbooks/README.md) say what to do when an alert fires. [Decision 0092](decisions/0092-metrics.md) says why it is
built as it is.

- **Several processes** of one server (\`VESTIBULE_PROCESSES\`) are one target: the one that is asked adds up what all have counted, and what those had that are gone. Of a gauge the highest value counts.
- **Several servers** are targets of their own, and a worker is one. What they read of the database is the same: take its \`max\`, and the \`sum\` of everything that is counted.
- **The database** is read by servers alone, at most once in fifteen seconds whatever the number of scrapes. While it does not answer, a scrape takes a second and has the values of before; \`vestibule_database_figures_age_seconds\` says how old they are.
- **Labels** are bounded. None has what a request said, a user, an address or an application. The label \`office\` is there with \`VESTIBULE_METRICS_OFFICES=yes\` alone. Of a metric with more than 2,000 values the rest is one value with \`otel_metric_overflow\`.
- **An event is counted before its transaction is committed.** One that is rolled back afterwards was counted. The audit log is what happened; metrics are about how it runs.

## Requests, tokens and messages

${tableOf(WEB_METRICS)}

## Sign-ins

${tableOf(SIGN_IN_METRICS)}

## The database

${tableOf(DATABASE_METRICS)}

## The process

${tableOf(PROCESS_METRICS)}
`;
}

const KINDS = { counter: "counter", histogram: "histogram", sum: "gauge", gauge: "gauge" } as const;

const tableOf = (metrics: Readonly<Record<string, Metric>>): string =>
  markdownTable(
    ["name", "kind", "labels", "what it says"],
    Object.entries(metrics).map(([name, metric]) => [
      code(name),
      KINDS[metric.kind],
      labelsOf(metric),
      metric.help,
    ]),
  );

function labelsOf({ labels = {}, byOffice }: Metric): string {
  const all = Object.entries(labels).map(
    ([label, values]) =>
      `${code(label)}: ${typeof values === "string" ? values : values.map(code).join(", ")}`,
  );
  return [...all, ...(byOffice === true ? [`${code("office")}, where it is switched on`] : [])].join("<br>");
}
