import { FACTOR_KINDS, factorText, type FactorKind } from "../../domain/factors/factor.ts";
import type { OfficeSecondFactor } from "../../domain/offices/office.ts";
import type { DryRun, PolicyLosses } from "../../domain/offices/policy-dry-run.ts";
import { userHref, type OfficeContext } from "./page.ts";

type Change = Pick<DryRun["names"][number], "will" | "now">;

/** So many users are shown by name at once; of more the page says first how many have the same change. */
const FEW = 10;

/** The result of a dry run as text: how many users, what they see before and after, and who they are. */
export function policyEffects(run: DryRun, { office, session, t, language }: OfficeContext) {
  const list = new Intl.ListFormat(language);
  const stepsText = (steps: readonly string[]) =>
    steps.length === 0
      ? t("console.look.password")
      : list.format(steps.map((step) => t(`console.look.step.${step}`)));
  const textOf = (change: Change) => ({
    will: stepsText(change.will),
    now: stepsText(change.now),
    isStuck: isStuck(change),
  });
  return {
    people: run.people,
    affected: run.affected,
    groups:
      run.affected > FEW
        ? run.groups.map(({ people, ...change }) => ({
            people: t("console.overview.people", { people }),
            ...textOf(change),
          }))
        : [],
    hasStuck: run.groups.some(isStuck),
    names: run.names.map(({ id, username, name, ...change }) => ({
      name,
      username,
      href: userHref(office.code, id),
      isSelf: id === session.account.id,
      ...textOf(change),
    })),
    next: run.next,
  };
}

/** Whom the page names apart from what they will see: who is left without a method, and whose passkeys are of other models. */
export const namedPeople = (
  { withoutAddress, otherPasskeys }: Pick<DryRun, "withoutAddress" | "otherPasskeys">,
  context: OfficeContext,
) => [
  ...listOf("withoutAddress", withoutAddress, context),
  ...listOf("otherPasskeys", otherPasskeys, context),
];

const listOf = (
  word: "withoutAddress" | "otherPasskeys",
  found: DryRun[typeof word],
  { office, t }: OfficeContext,
) =>
  found === null || found.people === 0
    ? []
    : [
        {
          text: t(`console.look.${word}`, { people: found.people }),
          names: found.names.map(({ id, ...user }) => ({ ...user, href: userHref(office.code, id) })),
          hasMore: found.people > found.names.length,
        },
      ];

/** Users who have to change their method, in words: "12 people use text messages; they will have to set up an app." */
export const lostMethods = ({ byKind }: PolicyLosses, { t }: Pick<OfficeContext, "t">): string[] =>
  FACTOR_KINDS.filter((kind) => byKind[kind] > 0).map((kind) =>
    t(factorText(kind, "lost"), { people: byKind[kind] }),
  );

/** What the proposed rules take away from people, in plain words; empty: nothing. */
export function lossesInWords(
  losses: PolicyLosses,
  proposed: OfficeSecondFactor,
  context: OfficeContext,
): string[] {
  const { office, t } = context;
  const before = office.secondFactor;
  const isRequired = proposed.demand === "required";
  const isGone = (kind: FactorKind) => before.methods.includes(kind) && !proposed.methods.includes(kind);
  const gone = FACTOR_KINDS.filter(isGone).map((kind) => t(factorText(kind, "gone")));
  const without =
    isRequired && losses.without > 0 ? [t("console.look.none", { people: losses.without })] : [];
  const kept = !isRequired && losses.having > 0 ? [t("console.look.keep", { people: losses.having })] : [];
  const endsTrust =
    office.trustedBrowserDays !== null && (gone.length > 0 || before.demand !== proposed.demand);
  return [
    ...gone,
    ...(isRequired ? lostMethods(losses, context) : []),
    ...without,
    ...kept,
    ...(endsTrust ? [t("console.look.trust")] : []),
  ];
}

/** Steps that a user cannot pass without an administrator. */
const STUCK: ReadonlySet<string> = new Set(["enrolment-closed", "enrolment-code", "block"]);

const isStuck = ({ will }: Pick<Change, "will">): boolean => will.some((step) => STUCK.has(step));
