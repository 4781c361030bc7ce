/** When proofs of a user have ended. Seconds since 1970: the whole second after the change. */
export interface Ends {
  /** Everything proved before: sessions were ended, or the password, the factor, the role or the office has changed. */
  readonly validFrom: number;
  /** Everything proved before, except in the session with this uid; null when it never happened. */
  readonly othersEnded: { readonly at: number; readonly kept: string } | null;
  /** Everything proved before without a code, in a trusted browser; null when it never happened. */
  readonly trustEnded: number | null;
}

/** What a session, a token or a sign-in rests on. */
export interface ProofAge {
  /**
   * When the user proved it, in seconds since 1970. Not when the token was issued: an attacker who holds back the
   * last redirect of a sign-in would otherwise get new tokens for an old proof.
   */
  readonly at: number;
  /** The uid of the session that it belongs to; null before there is one. */
  readonly session: string | null;
  /** Whether a trusted browser replaced the code. */
  readonly hasSkippedCode: boolean;
}

/**
 * Whether a proof still counts. The one rule for sessions, codes, tokens, finished and pending sign-ins. Proofs are known
 * to the second, so one in the second of the change has ended too (docs/decisions/0050).
 */
export function isStillProved(
  { validFrom, othersEnded, trustEnded }: Ends,
  { at, session, hasSkippedCode }: ProofAge,
): boolean {
  const isKept = othersEnded === null || at >= othersEnded.at || session === othersEnded.kept;
  const isTrusted = !hasSkippedCode || trustEnded === null || at >= trustEnded;
  return at >= validFrom && isKept && isTrusted;
}
