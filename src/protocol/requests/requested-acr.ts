import { ACR } from "../claims.ts";
import { errors } from "../library.ts";
import { memberOf } from "../../kernel/unknown-value.ts";

type Params = Readonly<Record<string, unknown>>;

/**
 * Whether a request asks for a second factor: as the first of its `acr_values`, or by an essential `acr` that the
 * password alone does not reach (OpenID Connect Core 1.0 sections 3.1.2.1 and 5.5.1.1). A request can raise what the
 * office demands, never lower it.
 */
export function asksForSecondFactor(params: Params): boolean {
  const essential = essentialIn(params);
  return (
    [ACR.secondFactor, ACR.phishingResistant].some((acr) => acr === firstWish(params)) ||
    (essential.length > 0 && !essential.includes(ACR.password))
  );
}

/** The same for a factor that resists phishing. */
export const asksForPhishingResistance = (params: Params): boolean =>
  firstWish(params) === ACR.phishingResistant || demandsPhishingResistance(params);

/** Whether nothing less will do: an essential claim that is not met fails the sign-in (OpenID Connect Core 1.0 section 5.5.1.1). */
export function demandsPhishingResistance(params: Params): boolean {
  const essential = essentialIn(params);
  return essential.length > 0 && essential.every((acr) => acr === ACR.phishingResistant);
}

function firstWish(params: Params): string | null {
  const wish = params["acr_values"];
  return typeof wish === "string" ? (wish.split(" ")[0] ?? null) : null;
}

function essentialIn(params: Params): string[] {
  const claims = params["claims"];
  return typeof claims === "string" ? essentialAcrs(JSON.parse(claims)) : [];
}

/** Refuses a claims parameter with an essential `acr` that no user can reach, before the sign-in page. */
export function refuseUnreachableAcr(claims: object): void {
  const unreachable = essentialAcrs(claims);
  if (unreachable.length > 0 && !unreachable.some((acr) => Object.values<string>(ACR).includes(acr))) {
    throw new errors.UnmetAuthenticationRequirements("none of the requested ACRs can be reached here");
  }
}

function essentialAcrs(claims: unknown): string[] {
  const acr = memberOf(memberOf(claims, "id_token"), "acr");
  if (memberOf(acr, "essential") !== true) {
    return [];
  }
  const values = memberOf(acr, "values");
  const list: unknown[] = Array.isArray(values) ? values : [];
  return [memberOf(acr, "value"), ...list].filter((value) => typeof value === "string");
}
