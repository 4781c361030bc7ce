import { forEachFactor } from "../../domain/factors/factor.ts";
import { PageError } from "../../kernel/errors.ts";
import type { OfficeCounts } from "../../domain/offices/overview-store.ts";
import { userQuerySchema, type UserQuery } from "../../domain/users/user-list.ts";
import { typedSearch } from "../../kernel/typed-text/typed-text.ts";

/** The filter chips above the list of users, each with a count. */
export const CHIPS = {
  all: { query: {}, count: ({ users, disabled }) => users + disabled },
  ...forEachFactor((kind) => ({ query: { factor: kind }, count: (counts: OfficeCounts) => counts[kind] })),
  none: { query: { factor: "none", status: "active" }, count: ({ none }) => none },
  overdue: { query: { overdue: true }, count: ({ overdue }) => overdue },
  blocked: { query: { blocked: true, status: "active" }, count: ({ blocked }) => blocked },
  "few-codes": { query: { fewCodes: true, status: "active" }, count: ({ fewCodes }) => fewCodes },
  "pending-number": {
    query: { pendingNumber: true, status: "active" },
    count: ({ pendingNumbers }) => pendingNumbers,
  },
  disabled: { query: { status: "disabled" }, count: ({ disabled }) => disabled },
} as const satisfies Record<string, { query: Partial<UserQuery>; count: (counts: OfficeCounts) => number }>;
export type Chip = keyof typeof CHIPS;

/** The sort orders. */
const SORTS = {
  username: { sort: "username", descending: false },
  "username-down": { sort: "username", descending: true },
  name: { sort: "name", descending: false },
  "name-down": { sort: "name", descending: true },
  newest: { sort: "last-sign-in", descending: true },
  oldest: { sort: "last-sign-in", descending: false },
} as const satisfies Record<string, Pick<UserQuery, "sort" | "descending">>;
export type Sort = keyof typeof SORTS;

/** A list as its URL requests it. */
export interface Asked {
  readonly show: Chip;
  readonly sort: Sort;
  readonly search: string;
}

const MAX_SEARCH_LENGTH = 100;

/** Throws PageError "request" for values that no link or form of ours sends. */
export function askedOf({
  show = "all",
  sort = "username",
  q = "",
}: Readonly<Record<string, unknown>>): Asked {
  if (!isChip(show) || !isSort(sort) || typeof q !== "string") {
    throw new PageError("request");
  }
  return { show, sort, search: typedSearch(q).slice(0, MAX_SEARCH_LENGTH) };
}

/** The query for the store. Throws PageError "request" for a search that is too long or invalid. */
export function queryOf({ show, sort, search }: Asked): UserQuery {
  const parsed = userQuerySchema.safeParse({ ...SORTS[sort], ...CHIPS[show].query, search });
  if (!parsed.success) {
    throw new PageError("request");
  }
  return parsed.data;
}

/** The URL of a list, without default values. */
export function addressOf(path: string, { show, sort, search }: Asked, after: string | null = null): string {
  const query = new URLSearchParams({
    ...(search === "" ? {} : { q: search }),
    ...(show === "all" ? {} : { show }),
    ...(sort === "username" ? {} : { sort }),
    ...(after === null ? {} : { after }),
  }).toString();
  return query === "" ? path : `${path}?${query}`;
}

const isChip = (name: unknown): name is Chip => typeof name === "string" && Object.hasOwn(CHIPS, name);
const isSort = (name: unknown): name is Sort => typeof name === "string" && Object.hasOwn(SORTS, name);
export const CHIP_NAMES = Object.keys(CHIPS).filter(isChip);

/** The order that a click on the heading of each sorting column asks for: the first, or the second when it has that. */
export const HEADINGS = {
  name: ["name", "name-down"],
  username: ["username", "username-down"],
  lastSignIn: ["newest", "oldest"],
} as const satisfies Record<string, readonly [Sort, Sort]>;

/** What a sorting column shows of the present order, for `aria-sort`; null when another column sorts. */
export const sortOf = (heading: keyof typeof HEADINGS, { sort }: Asked): "ascending" | "descending" | null =>
  HEADINGS[heading].some((one) => one === sort)
    ? SORTS[sort].descending
      ? "descending"
      : "ascending"
    : null;

/** The URL that a click on a heading leads to. */
export function sortHref(path: string, heading: keyof typeof HEADINGS, asked: Asked): string {
  const [first, second] = HEADINGS[heading];
  return addressOf(path, { ...asked, sort: asked.sort === first ? second : first });
}
