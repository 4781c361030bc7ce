import { DATABASE_METRICS } from "./database-metrics.ts";
import { PROCESS_METRICS } from "./process-metrics.ts";
import { SIGN_IN_METRICS } from "./sign-in-metrics.ts";
import { WEB_METRICS } from "./web-metrics.ts";

/**
 * What is measured: one table with a row for each metric, from which docs/metrics.md is made. Signals of the layers below are counted in
 * `watch-*.ts`, the database is asked in `database-figures.ts`, and `management.ts` serves it all on a listener of its own. No metric has
 * the name of a user; an office is named where a setting says so.
 */

/** The table, in the order of docs/metrics.md. A name always means the same. */
export const METRICS = { ...WEB_METRICS, ...SIGN_IN_METRICS, ...DATABASE_METRICS, ...PROCESS_METRICS };

export type MetricName = keyof typeof METRICS;
