import { ACR } from "../oidc/claims.ts";
import type { Interaction } from "../oidc/interactions.ts";
import type { SignIn } from "./journey.ts";

/** The situation with what the application asks for; it can raise what the office demands and never lower it. */
export const asAskedFor = (interaction: Interaction, signIn: SignIn): SignIn =>
  asksForSecondFactor(interaction.params) ? { ...signIn, demand: "required" } : signIn;

/** `acr_values` whose first wish is a second factor, or an essential `acr` of it (OpenID Connect Core 1.0 sections 3.1.2.1, 5.5.1.1). */
function asksForSecondFactor(params: Readonly<Record<string, unknown>>): boolean {
  const wish = params["acr_values"];
  if (typeof wish === "string" && wish.split(" ")[0] === ACR.secondFactor) {
    return true;
  }
  const claims = params["claims"];
  return typeof claims === "string" && essentialAcrs(claims).includes(ACR.secondFactor);
}

function essentialAcrs(claims: string): unknown[] {
  const acr = memberOf(memberOf(JSON.parse(claims), "id_token"), "acr");
  if (memberOf(acr, "essential") !== true) {
    return [];
  }
  const values = memberOf(acr, "values");
  const list: unknown[] = Array.isArray(values) ? values : [];
  return [memberOf(acr, "value"), ...list];
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
