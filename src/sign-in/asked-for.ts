import type { Interaction } from "../oidc/interactions.ts";
import type { SignIn } from "./journey.ts";

/** The situation with what the application asks for; it can raise what the office demands and never lower it. */
export const asAskedFor = (interaction: Interaction, signIn: SignIn): SignIn =>
  interaction.asksForSecondFactor ? { ...signIn, demand: "required" } : signIn;
