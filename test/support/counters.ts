/** SQL: the counters of limits, to read from. One that many people share has several rows, of which only the sum means something. */
export const COUNTERS = `(
  select scope, key, sum(used)::integer as used, sum(pending)::integer as pending
  from rate_limits group by home, scope, key) counters`;
