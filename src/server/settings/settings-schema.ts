import { z } from "zod";
import { settingsTable } from "./settings-table.ts";

/** The schema of each setting, by its name. */
export const settingsSchema = z.object(
  Object.fromEntries(settingsTable.map((setting) => [setting.name, setting.schema])) as {
    // The table is `as const`, so each name has its own schema type, which fromEntries would lose.
    [S in (typeof settingsTable)[number] as S["name"]]: S["schema"];
  },
);

/** The parsed environment, with defaults. */
export type Given = z.infer<typeof settingsSchema>;
