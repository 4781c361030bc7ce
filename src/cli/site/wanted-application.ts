import { hasSecret, type Application, type NewApplication } from "../../domain/applications/application.ts";
import { settingsOf } from "../../domain/applications/application-row.ts";
import { givenSecretSchema } from "../../domain/applications/application-secret.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { Planning } from "./plan.ts";
import type { Path } from "./site-file.ts";
import { settingsOfEntry, type ApplicationEntry } from "./site-schema.ts";

interface Draft {
  readonly entry: ApplicationEntry;
  readonly before: Application | null;
  readonly path: Path;
}

/** The application as it is to be; null where that cannot be, which is noted. */
export function draftOf(
  { services, references }: Planning,
  { entry, before, path }: Draft,
): NewApplication | null {
  if (before !== null && entry.type !== undefined && entry.type !== before.type) {
    references.add([...path, "type"], `it is a ${before.type} application, and stays one`);
    return null;
  }
  const { jwks, ...settings } = settingsOfEntry(entry);
  const keys =
    typeof jwks === "string"
      ? { jwks: keysOf(references.text(jwks, [...path, "jwks"])) }
      : jwks === undefined
        ? {}
        : { jwks };
  const parsed = services.applicationService.schema.safeParse({
    ...(before && shownApplication(before)),
    ...settings,
    ...keys,
  });
  if (parsed.success) {
    return parsed.data;
  }
  parsed.error.issues.forEach(({ path: field, message }) => {
    references.add([...path, ...field], message);
  });
  return null;
}

/** What is no JSON is judged as what it is, no set of keys. */
function keysOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

interface SecretOf {
  readonly entry: ApplicationEntry;
  readonly draft: NewApplication | null;
  readonly path: Path;
}

/** The secret that an entry refers to; null for none, and for one that cannot be, which is noted. */
export function secretOf({ references }: Planning, { entry, draft, path }: SecretOf): Secret | null {
  const place = [...path, "secret"];
  const given = references.secret(entry.secret, place);
  if (given === null) {
    return null;
  }
  if (draft !== null && !hasSecret(draft)) {
    references.add(place, "this application has no secret");
    return null;
  }
  const judged = givenSecretSchema.safeParse(given.reveal());
  judged.error?.issues.forEach(({ message }) => {
    references.add(place, message);
  });
  return judged.data ?? null;
}

/** An application as a file has it, without its id. */
export const shownApplication = (application: Application): Readonly<Record<string, unknown>> => ({
  name: application.name,
  type: application.type,
  firstParty: application.firstParty,
  ...settingsOf(application),
});
