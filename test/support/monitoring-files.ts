import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** One alert of deploy/prometheus/rules.yml. */
interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

/** A query of a rule or of a panel. */
export interface Query {
  readonly where: string;
  readonly expr: string;
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly Alert[] }[];
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

export const RULES = "deploy/prometheus/rules.yml";
const DASHBOARD = "deploy/grafana/vestibule.json";

export const alerts = (parse(readFileSync(RULES, "utf8")) as Rules).groups.flatMap(({ rules }) => rules);

/** The queries of the dashboard, of one job. */
export const panelQueries: readonly Query[] = (
  JSON.parse(readFileSync(DASHBOARD, "utf8")) as Dashboard
).panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ where: title, expr: expr.replaceAll("$job", "vestibule") })),
);

/** Those of rules and panels. */
export const queries: readonly Query[] = [
  ...alerts.map(({ alert, expr }) => ({ where: alert, expr })),
  ...panelQueries,
];

/** A metric that a query names, with the values that it asks of labels. */
export interface Named {
  readonly name: string;
  readonly asked: readonly (readonly [label: string, value: string])[];
}

const METRIC = /\b((?:vestibule|process|nodejs)_\w+)(?:\{([^}]*)\})?/g;

export const namedIn = (expr: string): Named[] =>
  [...expr.matchAll(METRIC)].map(([, name = "", labels = ""]) => ({
    name,
    asked: [...labels.matchAll(/(\w+)(?:=~|!=|=)"([^"]*)"/g)].flatMap(([, label = "", value = ""]) =>
      value.split("|").map((one) => [label, one] as const),
    ),
  }));

/** The labels that a query groups by. */
export const groupedBy = (expr: string): string[] =>
  [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = ""]) =>
    labels.split(",").map((label) => label.trim()),
  );
