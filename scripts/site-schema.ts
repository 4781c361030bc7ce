import { z } from "zod";
import { siteSchema } from "../src/cli/site/site-schema.ts";

/** The schema of what `npx vestibule apply` reads, for editors: what may be written, before it is judged as a whole. */
export function siteSchemaFile(): string {
  const schema = z.toJSONSchema(siteSchema, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ ...schema, title: "A site of Vestibule" }, null, 2)}\n`;
}
