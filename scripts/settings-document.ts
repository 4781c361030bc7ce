import { z } from "zod";
import { OperatorError } from "../src/kernel/errors.ts";
import { readSettings } from "../src/settings.ts";
import { settingsTable } from "../src/settings-table.ts";
import type { Setting } from "../src/setting.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** Every setting from the table that the program itself reads, and what production refuses, asked of the program. */
export function settingsDocument(): string {
  const rows = settingsTable.map((setting: Setting) => [
    code(setting.name),
    valuesOf(setting.schema),
    setting.otherwise,
    setting.about,
  ]);
  return `${madeFrom("src/settings-table.ts")}

# Settings

Vestibule is set up by environment variables. All faults are told at once, and an unknown \`VESTIBULE_*\` name is a fault:
a misspelt setting must not silently become the default. An empty value counts as not set.

${markdownTable(["name", "values", "default", "what it does"], rows)}

## What production refuses

With \`NODE_ENV=production\` and everything else as in development, the start ends with:

\`\`\`text
${refusal()}
\`\`\`
`;
}

function valuesOf(schema: z.ZodType): string {
  const { enum: words, minimum, maximum } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  if (words !== undefined) {
    return words.map((word) => code(String(word))).join(", ");
  }
  return minimum === undefined || maximum === undefined ? "text" : `${String(minimum)} to ${String(maximum)}`;
}

/** The worst production environment there is: whatever it is refused for stands here. */
function refusal(): string {
  try {
    readSettings({
      NODE_ENV: "production",
      VESTIBULE_DEMO: "yes",
      VESTIBULE_MAIL_GATEWAY: "outbox",
      VESTIBULE_SMS_GATEWAY: "outbox",
    });
  } catch (error) {
    if (error instanceof OperatorError) {
      return error.message;
    }
    throw error;
  }
  throw new Error("Production accepts what it must refuse.");
}
