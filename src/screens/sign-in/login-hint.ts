import type { Application } from "../../domain/applications/application.ts";
import { readUniqueName } from "../../domain/users/unique-name.ts";

/** More than a username and an office code have. */
const MAX_LENGTH = 140;

interface Hinted {
  readonly application: Pick<Application, "bareUsername">;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * What `login_hint` fills in (OpenID Connect Core 1.0 section 3.1.2.1): applications send back the `preferred_username` that they
 * got, which has the office code in it unless the application gets bare names. `fixedCode`: the only office that may sign in.
 */
export function readLoginHint({ application, params }: Hinted, fixedCode: string | null) {
  const hint = params["login_hint"];
  const typed = typeof hint === "string" ? hint.slice(0, MAX_LENGTH) : "";
  return application.bareUsername ? { username: typed, officeCode: null } : readUniqueName(typed, fixedCode);
}
