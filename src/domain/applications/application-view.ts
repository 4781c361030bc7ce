import type { Application } from "./application.ts";
import { rulesOf } from "./application-types.ts";
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

interface ApplicationStart extends StartAgain {
  readonly name: string;
}

/** The registered start of an application, or the site of a web application that has registered none. */
export function startAgainAt(application: Application | null): ApplicationStart | null {
  const href = application?.homeUrl ?? siteOf(application);
  return application === null || href === null ? null : { name: application.name, href };
}

/** A native application has addresses that lead to no page. */
function siteOf(application: Application | null): string | null {
  const isSite = application !== null && rulesOf(application.type).redirects === "web";
  const address = isSite ? application.redirectUris.find((uri) => /^https?:/.test(uri)) : undefined;
  return address === undefined ? null : `${new URL(address).origin}/`;
}
