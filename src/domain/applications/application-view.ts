import type { Application } from "./application.ts";
import type { StartAgain } from "../../kernel/errors.ts";

/** What pages show of the application that sent the user. */
export interface ApplicationView {
  readonly name: string;
  readonly host: string | null;
  readonly logo: string | null;
}

export function applicationView({ name, homeUrl, logoUrl, redirectUris }: Application): ApplicationView {
  const address = homeUrl ?? redirectUris.find((uri) => uri.startsWith("https:")) ?? null;
  return { name, host: address === null ? null : new URL(address).host, logo: logoUrl };
}

export const startAgainAt = (application: Application | null): StartAgain | null =>
  application === null || application.homeUrl === null
    ? null
    : { name: application.name, href: application.homeUrl };
