import type { Configuration } from "oidc-provider";
import { z } from "zod";
import { isAmong } from "../../domain/applications/normal-address.ts";

const addresses = z.array(z.string());

/**
 * Reads a sector identifier, which has to list every redirect address of the application (OpenID Connect Dynamic Client
 * Registration 1.0 section 5). Otherwise an application could join the sector of another company and correlate its
 * users. Checked once, at registration, so that a host that is down later stops no sign-in. Returns the fault, or null.
 */
export async function sectorFault(
  fetch: NonNullable<Configuration["fetch"]>,
  { uri, redirectUris }: { uri: string; redirectUris: readonly string[] },
): Promise<string | null> {
  try {
    const answer = await fetch(uri, { method: "GET", headers: { accept: "application/json" } });
    if (answer.status !== 200) {
      return `answered ${String(answer.status)}`;
    }
    const listed = addresses.parse(await answer.json());
    const missing = redirectUris.find((redirectUri) => !isAmong(listed, redirectUri, { anyPort: false }));
    return missing === undefined ? null : `does not list ${missing}`;
  } catch {
    return "cannot be read as a list of addresses";
  }
}
