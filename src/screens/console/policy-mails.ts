import { epochSeconds } from "../../kernel/clock.ts";
import { dateTime } from "../../kernel/date-format.ts";
import type { NoticePlan } from "../../domain/offices/policy-notices.ts";
import { userHref, type OfficeContext } from "./page.ts";

/** The mails before a policy takes effect: when they go, to how many, and who has no address; null when none goes. */
export function policyMails(
  { policy, rounds, people, reachable, unreachable }: NoticePlan,
  context: OfficeContext,
) {
  const { office, t } = context;
  if (rounds.length === 0 || people === 0) {
    return null;
  }
  return {
    policy,
    title: t(`console.look.mails.title.${policy}`),
    reachable: t("console.look.mails.reachable", { reachable, people }),
    rounds: rounds.map(({ daysBefore, at }) => ({
      name: t("console.look.mails.daysBefore", { days: daysBefore }),
      value: dateTime(epochSeconds(at), context).text,
    })),
    missing: t("console.look.mails.missing", { count: people - reachable }),
    unreachable: unreachable.map(({ id, name, username }) => ({
      ...{ name, username },
      href: userHref(office.code, id),
    })),
    hasMore: people - reachable > unreachable.length,
  };
}
