import type { Client, Provider, Session } from "oidc-provider";
import { homeOf, homeOfToken, randomHome, tokenAt } from "../../kernel/home.ts";

/** What the library's types leave out. */
type OwnSession = Session & { id: string; readonly new?: boolean; oldId?: string; touched?: boolean };

/** What oidc-provider gives an id to, besides sessions: grants, codes and tokens. */
interface Token {
  readonly accountId?: string | undefined;
  readonly client?: Client | undefined;
}

const TOKENS = [
  "Grant",
  "AuthorizationCode",
  "AccessToken",
  "RefreshToken",
  "ClientCredentials",
  "DeviceCode",
] as const;

/**
 * Gives sessions, grants, codes and tokens ids at the home of their user. What has no user is at home with the office of its
 * application, and what has no office anywhere. Interactions and pushed requests keep the library's random ids.
 */
export function makeIdsAtHome(provider: Provider): void {
  TOKENS.forEach((name) => {
    const prototype = provider[name].prototype as unknown as { generateTokenId(this: Token): string };
    const { generateTokenId } = prototype;
    Object.defineProperty(prototype, "generateTokenId", {
      value(this: Token) {
        // It also decides the format of an access token.
        generateTokenId.call(this);
        return tokenAt(homeOfOwner(this));
      },
    });
  });
  // A session gets another id at each sign-in (against fixation): from then on it is at home.
  const { loginAccount } = provider.Session.prototype;
  Object.defineProperties(provider.Session.prototype, {
    loginAccount: {
      value(this: OwnSession, details: Parameters<typeof loginAccount>[0]) {
        loginAccount.call(this, details);
        moveHome(this, homeOf(details.accountId));
      },
    },
    resetIdentifier: {
      value(this: OwnSession) {
        this.oldId = this.id;
        this.id = tokenAt(homeOfOwner(this));
        this.touched = true;
      },
    },
  });
}

const homeOfOwner = ({ accountId, client }: Token): number => {
  const officeId = client?.["urn:vestibule:office_id"];
  if (accountId !== undefined) {
    return homeOf(accountId);
  }
  return typeof officeId === "string" && officeId !== "" ? homeOf(officeId) : randomHome();
};

/** A session that was stored already gets its new id from the library right after this. */
function moveHome(session: OwnSession, home: number): void {
  if (homeOfToken(session.uid) !== home) {
    session.uid = tokenAt(home);
  }
  if (session.new === true) {
    session.id = tokenAt(home);
  }
}
