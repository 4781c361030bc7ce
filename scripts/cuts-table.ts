/** What ends what. docs/security-checks.md prints this table, and test/protocol/cuts-*.test.ts walks every cell of it. */

/** Changes after which what was proved before must give nothing. */
export const CUTS = {
  "sessions ended": "an administrator ends all sessions of the user, in the console or on the command line",
  "others ended": "the user ends all other sessions",
  "trust ended": "the user ends the trust in all browsers",
  "trust ended by the office": "an administrator ends the trust in all browsers of the user",
  "password changed": "the user changes the password on the account page",
  "password reset": "the user chooses a password with a mailed link",
  "password set": "the operator sets a password on the command line",
  "factor reset": "an administrator resets the second factor",
  "factor replaced": "the user replaces the second factor on the account page",
  "factor replaced in a sign-in": "the user replaces the second factor in a sign-in, with a recovery code",
  "role changed": "an administrator gives the user another role",
  disabled: "the user is disabled, and later enabled again",
  "office closed": "the office of the user is closed, and later opened again",
  "policy raised": "the office stops accepting the second factor that was proved",
} as const;
export type Cut = keyof typeof CUTS;

/** Why something may live on. */
export const REASONS = {
  a: "It carries no proof: everything is asked for after it.",
  b: "It is the session that has made the change.",
  c: "A code was given for it, and only what trust spared the code has ended.",
  d: "It proves the mailbox alone. It leads to a new password or to a sign-in, never past one.",
  e: "It can only cancel something. An attacker must not be able to take it from the owner.",
  f: "Trust opens nothing without the password, and has an end of its own on the same page.",
  g: "It is not looked up anywhere: a resource server that checks the signature takes it until it ends, a quarter of an hour after it was issued unless `VESTIBULE_ACCESS_TOKEN_MINUTES` says otherwise. Our own endpoints never take it.",
  h: "What it asks for waits for another person, who looks at it. The password and the role with which it was asked for are what they were.",
} as const;
type Reason = keyof typeof REASONS;

/** For the cuts that are not named the artefact is dead. */
interface Row {
  readonly about: string;
  readonly lives: Partial<Record<Cut, Reason>>;
}

const afterEach = (reason: Reason, ...except: readonly Cut[]): Row["lives"] =>
  // A cut has an entry unless it is excepted, which the type of fromEntries cannot express.
  Object.fromEntries(
    Object.keys(CUTS).flatMap((cut) => (except.some((one) => one === cut) ? [] : [[cut, reason]])),
  );

const BY_CODE: Row["lives"] = { "trust ended": "c", "trust ended by the office": "c" };
const MAILED = afterEach(
  "d",
  ...(["password changed", "password reset", "password set", "disabled", "office closed"] as const),
);

/** Everything that can carry a proof, or lead to one. "Trusted": obtained in a trusted browser, with the password alone. */
export const ARTEFACTS = {
  "sign-in, before the password": { about: "an open password page", lives: afterEach("a") },
  "sign-in, before the code": { about: "an open page for the code, after the password", lives: BY_CODE },
  "sign-in, finished": { about: "the last redirect, not followed yet", lives: BY_CODE },
  "sign-in, finished, trusted": { about: "the same", lives: {} },
  "consent, finished": { about: "the redirect after Allow, not followed yet", lives: BY_CODE },
  session: { about: "at applications, on the account page and in the console", lives: BY_CODE },
  "session, trusted": { about: "the same, without the console", lives: {} },
  "session, own": {
    about: "the session of the user's own browser",
    lives: { ...BY_CODE, "others ended": "b", "trust ended": "b", "factor replaced": "b" },
  },
  "authorization code": { about: "not redeemed yet", lives: BY_CODE },
  "authorization code, trusted": { about: "the same", lives: {} },
  "access token": { about: "opaque, at userinfo and introspection", lives: BY_CODE },
  "access token, trusted": { about: "the same", lives: {} },
  "access token, JWT": { about: "for a resource server", lives: afterEach("g") },
  "refresh token": { about: "at the token endpoint and introspection", lives: BY_CODE },
  "refresh token, trusted": { about: "the same", lives: {} },
  "device code, pending": { about: "the device waits for its user", lives: afterEach("a") },
  "device code, approved": { about: "the device has not asked again yet", lives: BY_CODE },
  "pushed request": { about: "a `request_uri` of the application", lives: afterEach("a") },
  "link, password": { about: "mailed for a forgotten password", lives: MAILED },
  "link, invitation": { about: "mailed to a new user", lives: MAILED },
  "link, email address": { about: "mailed to a new address", lives: MAILED },
  'link, "not me"': { about: "in the notice of a change", lives: afterEach("e") },
  "trusted browser": { about: "replaces the code after the password", lives: { "others ended": "f" } },
  "request for approval": {
    about: "a member of support has asked for a change that takes two people",
    lives: { ...BY_CODE, "policy raised": "h" },
  },
  "draft of a form": { about: "kept in the console for a step-up of its session", lives: BY_CODE },
  // The last one, because its approval ends the sessions.
  "number change": {
    about: "asked for with the password alone, and waits for the office",
    lives: {
      ...{ "others ended": "h", "trust ended": "h", "trust ended by the office": "h" },
      // Not after a replacement in a sign-in: the user has said that the previous factor is lost, and none of it is kept.
      ...{ "factor replaced": "h", "policy raised": "h" },
    },
  },
} as const satisfies Record<string, Row>;
export type Artefact = keyof typeof ARTEFACTS;

/** The artefacts that may still be of use after a change; all others must not. */
export function livingAfter(cut: Cut): Artefact[] {
  const lives = (row: Row) => row.lives[cut] !== undefined;
  return artefacts().filter((name) => lives(ARTEFACTS[name]));
}

export const artefacts = (): Artefact[] => Object.keys(ARTEFACTS) as Artefact[];
