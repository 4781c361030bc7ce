import type { X509Certificate } from "node:crypto";

/** More certificates than any maker's chain has; each is a signature to verify. */
const MOST_CERTIFICATES = 6;

/**
 * Whether certificates lead, each signed by the next, to one of the anchors. The first may be an anchor itself: metadata name the
 * certificates of some models one by one. Nothing is fetched: addresses of revocation lists come with the certificate, from a stranger.
 */
export function leadsToAnchor(
  chain: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  at: Date,
): boolean {
  if (chain.length === 0 || chain.length > MOST_CERTIFICATES) {
    return false;
  }
  const trusted = anchors.filter((anchor) => isValidAt(anchor, at));
  for (const [index, certificate] of chain.entries()) {
    if (!isValidAt(certificate, at)) {
      return false;
    }
    if (trusted.some((anchor) => isSame(anchor, certificate) || hasIssued(anchor, certificate))) {
      return true;
    }
    const next = chain[index + 1];
    if (next === undefined || !next.ca || !hasIssued(next, certificate)) {
      return false;
    }
  }
  return false;
}

const isValidAt = ({ validFromDate, validToDate }: X509Certificate, at: Date): boolean =>
  validFromDate <= at && at <= validToDate;

const isSame = (one: X509Certificate, other: X509Certificate): boolean => one.raw.equals(other.raw);

const hasIssued = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
