import { z } from "zod";
import { OperatorError } from "../src/kernel/errors.ts";
import { readSettings } from "../src/server/settings/settings.ts";
import { fileSettingOf } from "../src/server/settings/secret-files.ts";
import { settingsTable } from "../src/server/settings/settings-table.ts";
import type { Setting } from "../src/server/settings/setting.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

/** Every setting, from the table that the program itself reads, and what production refuses, from a run of its checks. */
export function settingsDocument(): string {
  const rows = settingsTable.map((setting: Setting) => [
    code(setting.name),
    valuesOf(setting.schema),
    setting.byDefault,
    setting.description +
      (setting.secret === undefined ? "" : ` _Secret; or ${code(fileSettingOf(setting.name))}._`),
  ]);
  return `${madeFrom("src/server/settings/settings-table.ts")}

# Settings

Vestibule is set up by environment variables. All faults are reported at once, and an unknown \`VESTIBULE_*\` name is a fault:
a misspelt setting must not silently become the default. An empty value counts as not set.

${markdownTable(["name", "values", "default", "what it does"], rows)}

## Secrets from files

A setting that is a secret may be in a file: \`DATABASE_URL_FILE=/run/secrets/database-url\` has the same effect as \`DATABASE_URL\` with what the
file holds. Environments are easily shown to others: by \`docker inspect\`, in a crash report, to every program that is started. These settings have the variant:

${list(settingsTable.flatMap((setting: Setting) => (setting.secret === undefined ? [] : [setting.name])))}

Ends of line at the end of the file are cut off. Refused, in one line that names the file, are: the setting and its file at once, a file that is
missing, empty, larger than 64 KiB, no text, or of several lines (but for a private key), and what is no file. In production a file is refused that others than
the server's user, root, and a group of the server's may read; the same holds for \`VESTIBULE_SECRETS_FILE\`.
[Decision 0042](decisions/0042-who-may-read-secrets.md) says what to write for Docker, Kubernetes and systemd.

## Variables of OpenTelemetry

Traces are switched on by the variables that OpenTelemetry has for it, and by nothing else: \`OTEL_EXPORTER_OTLP_ENDPOINT\` or
\`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT\`. \`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_EXPORTER_OTLP_TIMEOUT\` and \`OTEL_EXPORTER_OTLP_CERTIFICATE\` are read too,
\`OTEL_SERVICE_NAME\`, and \`OTEL_TRACES_SAMPLER\` with \`OTEL_TRACES_SAMPLER_ARG\`. \`OTEL_SDK_DISABLED=true\` and \`OTEL_TRACES_EXPORTER=none\` switch them off.
The protocol is OTLP over HTTP, with protobuf.

## What production refuses

With \`NODE_ENV=production\` and everything else as in development, the start ends with:

\`\`\`text
${refusal()}
\`\`\`
`;
}

const list = (names: readonly string[]): string =>
  names.map((name) => `- ${code(fileSettingOf(name))}`).join("\n");

function valuesOf(schema: z.ZodType): string {
  const { enum: words, minimum, maximum } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  if (words !== undefined) {
    return words.map((word) => code(String(word))).join(", ");
  }
  return minimum === undefined || maximum === undefined ? "text" : `${String(minimum)} to ${String(maximum)}`;
}

/** The faults of the worst possible production environment. */
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
