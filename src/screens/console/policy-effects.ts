import type { DryRun } from "../../domain/offices/policy-dry-run.ts";
import { userHref, type OfficeContext } from "./page.ts";

/** The result of a dry run as text: how many users, what they see before and after, and who they are. */
export function policyEffects(run: DryRun, { office, session, t, language }: OfficeContext) {
  const list = new Intl.ListFormat(language);
  const stepsText = (steps: readonly string[]) =>
    steps.length === 0
      ? t("console.look.password")
      : list.format(steps.map((step) => t(`console.look.step.${step}`)));
  return {
    people: run.people,
    affected: run.affected,
    groups: run.groups.map(({ people, will, now }) => ({
      people: t("console.overview.people", { people }),
      will: stepsText(will),
      now: stepsText(now),
      isStuck: will.some((step) => STUCK.has(step)),
    })),
    hasStuck: run.groups.some(({ will }) => will.some((step) => STUCK.has(step))),
    names: run.names.map(({ id, username, name, will }) => ({
      name,
      username,
      href: userHref(office.code, id),
      isSelf: id === session.account.id,
      will: stepsText(will),
    })),
    next: run.next,
  };
}

/** Steps that a user cannot pass without an administrator. */
const STUCK: ReadonlySet<string> = new Set(["enrolment-closed", "enrolment-code", "block"]);
