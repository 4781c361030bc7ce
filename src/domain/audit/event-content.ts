import { createHash } from "node:crypto";

/** An event as it is stored, every value as PostgreSQL writes it. */
export interface StoredEvent {
  readonly id: string;
  /** Microseconds since 1970. */
  readonly at: string;
  readonly officeId: string | null;
  readonly type: string;
  readonly outcome: string;
  readonly actor: string;
  readonly subject: string | null;
  readonly applicationId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  /** JSON. */
  readonly details: string;
  readonly veils: Veils;
}

/** What else the seal of an event needs. */
interface Veils {
  readonly address: Veil;
  readonly personal: Veil;
  /** JSON of the details that can be erased, and of the others; null for none. */
  readonly personalDetails: string | null;
  readonly otherDetails: string;
}

/** Of a value that can be erased: the salt of its hash, or the hash once it is erased. Hexadecimal. */
interface Veil {
  readonly salt: string | null;
  readonly digest: string | null;
}

/**
 * The bytes that a seal covers: each value with its length before it, so that no two events look the same. The
 * database's `audit_content` is written independently; a chain verifies only if both agree.
 */
export function contentOf(event: StoredEvent): string {
  const { id, at, officeId, type, outcome, actor, subject, applicationId, address } = event;
  const { requestId, details, veils } = event;
  const named = [id, at, officeId, type, outcome, actor, subject, applicationId];
  const { address: ofAddress, personal: ofPersonal, personalDetails, otherDetails } = veils;
  const isOld = [ofAddress, ofPersonal].every(({ salt, digest }) => salt === null && digest === null);
  const values = isOld
    ? ["vestibule-audit-1", ...named, address, requestId, details]
    : [
        ...["vestibule-audit-2", ...named, veiled(ofAddress, address)],
        ...[requestId, otherDetails, veiled(ofPersonal, personalDetails)],
      ];
  return values.map(part).join("");
}

const part = (value: string | null): string =>
  value === null ? "-" : `${String(Buffer.byteLength(value))}:${value}`;

/** A salted hash, which remains when the value is erased. Whatever else is in the row changes it, too. */
function veiled({ salt, digest }: Veil, value: string | null): string {
  if (salt === null) {
    return `${digest ?? ""}${value ?? ""}`;
  }
  const hash = createHash("sha256").update(Buffer.from(salt, "hex")).update(part(value)).digest("hex");
  return `${hash}${digest ?? ""}`;
}
