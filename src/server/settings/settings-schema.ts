import { z } from "zod";
import { settingsTable } from "./settings-table.ts";

/** Each setting by its name, as the table says how to read it. */
export const settingsSchema = z.object(
  Object.fromEntries(settingsTable.map((setting) => [setting.name, setting.schema])) as {
    // The table is `as const`, so each name keeps its own schema; TypeScript cannot see that through fromEntries.
    [S in (typeof settingsTable)[number] as S["name"]]: S["schema"];
  },
);

/** What the environment says, read and with its defaults. */
export type Given = z.infer<typeof settingsSchema>;
