import { type Application, type NewApplication } from "./application.ts";
import { applicationSettingsSchema } from "./application-settings.ts";

type Details = Readonly<Record<string, string>>;
type Described = Omit<NewApplication, "type">;

const FIELDS = ["name", "firstParty", ...Object.keys(applicationSettingsSchema.shape)];
/** Long lists are cut: the audit log names what changed and is not a copy of the settings. */
const MAX_LENGTH = 500;

/** What a change altered in an application, each as `before → after`. */
export function changesOf(before: Application, after: Application): Details {
  return Object.fromEntries(
    FIELDS.flatMap((name) => {
      const [old, now] = [textOf(before, name), textOf(after, name)];
      return old === now ? [] : [[name, `${shortened(old)} → ${shortened(now)}`]];
    }),
  );
}

/** The settings of a new application that differ from the defaults. */
export function nonDefaultsOf(draft: Described): Details {
  const usual = applicationSettingsSchema.parse({});
  return Object.fromEntries(
    Object.keys(usual).flatMap((name) =>
      textOf(draft, name) === textOf(usual, name) ? [] : [[name, shortened(textOf(draft, name))]],
    ),
  );
}

function textOf(of: object, name: string): string {
  const value: unknown = Reflect.get(of, name);
  if (Array.isArray(value)) {
    return value.join(" ") || "–";
  }
  if (value === null || value === undefined) {
    return "–";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

const shortened = (text: string): string =>
  text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
