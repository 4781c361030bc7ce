import type { Services } from "./compose.ts";
import { systemClock } from "../../kernel/clock.ts";
import { PageTokens } from "../../kernel/page-token.ts";
import { OverviewStore } from "../../domain/offices/overview-store.ts";
import { UserListStore } from "../../domain/users/user-list-store.ts";

type Parts = Pick<Services, "settings" | "database" | "secondFactor">;

/** What the console reads: lists and overviews of one office. */
export function composeLists({ settings, database, secondFactor }: Parts) {
  const { frozenFrom } = settings.secondFactorGuard;
  const { box, smsCounter } = secondFactor;
  const shared = { database, frozenFrom, clock: systemClock };
  const tokens = new PageTokens(box);
  return {
    tokens,
    users: new UserListStore({ ...shared, tokens }),
    overview: new OverviewStore({ ...shared, smsCounter }),
  };
}
