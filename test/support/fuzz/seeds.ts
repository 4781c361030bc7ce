import { API_SEEDS } from "./api-seeds.ts";
import type { Seed } from "./ground.ts";
import { PAGE_SEEDS } from "./page-seeds.ts";
import { PROTOCOL_SEEDS } from "./protocol-seeds.ts";
import { SCIM_SEEDS } from "./scim-seeds.ts";

/** Requests that no page of ours sends, or that need a state of their own. Each other route is a page with its form. */
export const SEEDS: Readonly<Record<string, readonly Seed[]>> = {
  ...PROTOCOL_SEEDS,
  ...PAGE_SEEDS,
  ...API_SEEDS,
  ...SCIM_SEEDS,
};
