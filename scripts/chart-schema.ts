import { readFileSync } from "node:fs";
import { z } from "zod";
import { settingsTable } from "../src/server/settings/settings-table.ts";
import type { Setting } from "../src/server/settings/setting.ts";

const FILE = "deploy/helm/vestibule/values.schema.json";

/** Settings that the chart makes of values of its own, and those of a machine for development. */
export const NOT_VALUES: readonly string[] = [
  ...["NODE_ENV", "PORT", "DATABASE_URL", "VESTIBULE_ISSUER", "VESTIBULE_HOST", "VESTIBULE_SHUTDOWN_DELAY"],
  ...["VESTIBULE_DATABASE_OWNER_URL", "VESTIBULE_SECRETS_FILE", "VESTIBULE_MESSAGE_WORKERS"],
  ...["VESTIBULE_MANAGEMENT_PORT", "VESTIBULE_MANAGEMENT_HOST", "VESTIBULE_DATA_DIR"],
  ...["VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT", "VESTIBULE_ALLOW_EMBEDDED_DATABASE"],
  ...["VESTIBULE_DEMO", "VESTIBULE_DEMO_PORT"],
];

const schema = z.looseObject({
  properties: z.looseObject({ settings: z.looseObject({}), secretSettings: z.looseObject({}) }),
});

/** The schema of the chart's values: the file as it is, with the names of the settings that there are. */
export function chartSchema(): string {
  const { properties, ...rest } = schema.parse(JSON.parse(readFileSync(FILE, "utf8")));
  const settings: readonly Setting[] = settingsTable.filter(({ name }) => !NOT_VALUES.includes(name));
  const named = (isSecret: boolean, value: object) =>
    Object.fromEntries(
      settings
        .filter(({ secret }) => (secret !== undefined) === isSecret)
        .map((setting) => [setting.name, value]),
    );
  const filled = {
    ...properties,
    settings: { ...properties.settings, properties: named(false, { type: "string" }) },
    secretSettings: {
      ...properties.secretSettings,
      properties: named(true, { $ref: "#/definitions/keyOfSecret" }),
    },
  };
  return `${JSON.stringify({ ...rest, properties: filled }, null, 2)}\n`;
}
