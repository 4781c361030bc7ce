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
}

/**
 * The bytes that a seal covers: each value with its length before it, so that no two events look the same. The
 * database's `audit_content` is written independently; a chain verifies only if both agree.
 */
export function contentOf(event: StoredEvent): string {
  const { id, at, officeId, type, outcome, actor, subject, applicationId, address, requestId, details } =
    event;
  const values = [
    "vestibule-audit-1",
    id,
    at,
    officeId,
    type,
    outcome,
    actor,
    subject,
    applicationId,
    address,
  ];
  return [...values, requestId, details].map(part).join("");
}

const part = (value: string | null): string =>
  value === null ? "-" : `${String(Buffer.byteLength(value))}:${value}`;
