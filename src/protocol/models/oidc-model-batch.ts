import { homeOf, homeOfToken } from "../../kernel/home.ts";
import { accountIdOf } from "./token-validity.ts";
import { KIND, type Batch, type RowToSave, type SignedOut } from "./oidc-model.ts";
import type { BatchContent } from "./oidc-model-statements.ts";
import { textOrNull } from "../../kernel/unknown-value.ts";

/** The writes of one request, and their time. */
export interface Change {
  readonly batch: Batch;
  readonly now: Date;
}

/** Splits changes into those that one statement can store, and those that touch a row of an earlier one: a statement changes a row only once. */
export function withoutSharedRows(changes: readonly Change[]): [Change[], Change[]] {
  const taken = new Set<string>();
  const isApart = (change: Change): boolean => {
    const names = rowsOf(change.batch);
    const isShared = names.some((name) => taken.has(name));
    names.forEach((name) => taken.add(name));
    return isShared;
  };
  const apart = changes.filter(isApart);
  return [changes.filter((change) => !apart.includes(change)), apart];
}

/** Names of the rows and of their grants. */
function rowsOf({ save, consume, destroy, revokeGrants }: Batch): string[] {
  const grants = [...revokeGrants, ...save.map(({ payload }) => textOrNull(payload["grantId"]) ?? [])].flat();
  return [
    ...[...save, ...consume, ...destroy].map(({ kind, id }) => `${String(kind)} ${id}`),
    ...grants.map((grantId) => `${String(KIND.Grant)} ${Buffer.from(grantId).toString("hex")}`),
  ];
}

/**
 * What the statement reads: each row with the number of its request. `most`: unfinished rows of a kind that one
 * network address may have.
 */
export function contentOf(batches: readonly Batch[], most: number): BatchContent {
  const of = <Item>(pick: (batch: Batch) => readonly Item[], toRow: (item: Item) => object) =>
    batches.flatMap((batch, index) => pick(batch).map((item) => ({ r: index + 1, ...toRow(item) })));
  return {
    add: of(({ save }) => save.filter(({ exists }) => !exists), toColumns),
    change: of(({ save }) => save.filter(({ exists }) => exists), toColumns),
    consume: of(
      ({ consume }) => consume,
      ({ home, kind, id, again }) => ({ home, kind, id, again }),
    ),
    destroy: of(
      ({ destroy }) => destroy,
      (key) => key,
    ),
    revokeGrants: of(
      ({ revokeGrants }) => revokeGrants,
      (grantId) => ({ home: homeOfToken(grantId), grantId }),
    ),
    crowd: of(
      ({ save }) => save.filter(({ exists, network }) => !exists && network !== undefined),
      ({ kind, network }) => ({ kind, network: network?.key, most: most * (network?.times ?? 1) - 1 }),
    ),
    signedOut: of(({ signedOut }) => signedOut, toAuthorizations),
  };
}

/** How many codes, tokens and interactions must still be unspent. */
export const toSpend = ({ consume, destroy }: Batch): number =>
  consume.length + destroy.filter(({ kind }) => kind === KIND.Interaction).length;

function toColumns({ home, kind, id, payload, expiresAt, network }: RowToSave) {
  return {
    home,
    kind,
    id,
    payload,
    grant_id: kind === KIND.Interaction ? null : textOrNull(payload["grantId"]),
    account_id: accountIdOf(kind, payload),
    application_id: textOrNull(payload["clientId"]),
    uid: kind === KIND.Session || kind === KIND.DeviceCode ? textOrNull(payload["uid"]) : null,
    expires_at: expiresAt,
    network: network?.key ?? null,
  };
}

/** The form that a session of oidc-provider has. */
const toAuthorizations = ({ accountId, applicationId, sid }: SignedOut) => ({
  home: homeOf(accountId),
  account: accountId,
  authorizations: { [applicationId]: { sid } },
});
