/**
 * Rows that a part of the batch names, by the index. Of rows that it gets from JSON the planner believes that there are a hundred, and
 * joining a hundred it reads a small table whole; that an array holds ten it also only believes, but then it takes the index.
 */
export const rowsNamedIn = (part: "consume" | "destroy" | "change"): string => {
  const named = (column: string, type: string) =>
    `array(select ${column} from json_to_recordset($1::json -> '${part}') as k (${type}))`;
  return `m.kind = any(${named("kind", "kind smallint")}) and m.id = any(${named("decode(id, 'hex')", "id text")})`;
};
