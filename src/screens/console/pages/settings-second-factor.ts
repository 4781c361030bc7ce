import { localDay } from "../../../kernel/time-zone.ts";
import { now } from "../../../kernel/clock.ts";
import { FACTOR_KINDS, factorText, usableMethods, type FactorKind } from "../../../domain/factors/factor.ts";
import { RESISTANT_USERS } from "../../../domain/factors/phishing-resistance.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { SUPPORT_OFFICE_CODE } from "../../../domain/offices/office.ts";
import type { PolicyLosses } from "../../../domain/offices/policy-dry-run.ts";
import { withSettings } from "../../../domain/offices/office-settings.ts";
import { lossesInWords, lostMethods, policyEffects } from "../policy-effects.ts";
import { policyMails } from "../policy-mails.ts";
import {
  officeHref,
  untaken,
  type OfficePage,
  type OfficeContext,
  type Shown,
  type ConsoleOutcome,
} from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { openedValues, readTyped, save, sentBy, type SettingsForm, type Typed } from "../settings-form.ts";
import { dayText } from "../settings-texts.ts";
import { typedWord } from "../../../kernel/typed-text/typed-text.ts";

type Settings = Extract<Typed, { type: "settings" }>;

const form: SettingsForm = {
  labels: {
    demand: "console.settings.demand",
    from: "console.settings.from",
    methods: "console.settings.methods",
    resistantUsers: "console.settings.resistance",
    resistantFrom: "console.settings.resistantFrom",
  },
  valuesOf: ({ zone, secondFactor: { demand, from, methods }, phishingResistance: resistance }) => ({
    demand,
    from: from === null ? "" : localDay(from, zone),
    methods: FACTOR_KINDS.filter((kind) => methods.includes(kind)).join(" "),
    resistantUsers: resistance.of,
    resistantFrom: resistance.from === null ? "" : localDay(resistance.from, zone),
  }),
  settingsOf: ({ demand, from = "", methods = "", resistantUsers, resistantFrom = "" }) => ({
    secondFactor: { demand, from: dayOf(from), methods: methods.split(" ").filter((kind) => kind !== "") },
    // A page that was opened before this field was there leaves it as it is.
    ...(resistantUsers === ""
      ? {}
      : { phishingResistance: { of: resistantUsers, from: dayOf(resistantFrom) } }),
  }),
  fieldOf: ([setting, part = ""]) =>
    setting === "phishingResistance" ? (part === "of" ? "resistantUsers" : "resistantFrom") : part,
  textOf: (field, value, reader) => {
    const { t } = reader;
    if (field === "from" || field === "resistantFrom") {
      return value === "" ? t("console.settings.atOnce") : value;
    }
    if (field === "resistantUsers") {
      return t(`console.settings.resistance.${value}`);
    }
    return field === "demand" ? t(`console.settings.demand.${value}`) : methodsText(kindsOf(value), reader);
  },
  // The boxes say it; the page that is looked at before saving, and a proof in between, hand on the value.
  fold: (sent) => {
    const ticked = FACTOR_KINDS.filter((kind) => sent[boxOf(kind)] !== undefined).join(" ");
    return ticked === "" ? sent : { ...sent, methods: ticked };
  },
};

const boxOf = (kind: FactorKind): string => `method-${kind}`;

const dayOf = (typed: string): string | null => (typedWord(typed) === "" ? null : typedWord(typed));

/**
 * The second-factor policy. It is saved only after a preview of the affected users, so that a policy does not lock them
 * out by accident.
 */
export function settingsSecondFactorPage(deps: ConsoleDeps): OfficePage {
  return {
    name: "settings-second-factor",
    about: "office",
    path: "/settings/second-factor",
    action: "second-factor.change",
    trail: ["settings"],
    ...sentBy(form),
    show: async (context) => ({
      view: "settings-second-factor",
      model: {
        values: openedValues(deps, form, context),
        ...(await choicesOf(deps, context)),
        canSendSms: deps.canSendSms,
        backHref: officeHref(context.office.code, "/settings"),
      },
    }),
    submit: async (context, fields) => {
      const typed = await readTyped(deps, form, { context, fields });
      if (typed.type === "answered") {
        return typed.outcome;
      }
      // The preview hands out a token for exactly these values. Without it the change is not saved.
      const isSeen =
        deps.tokens.read(previewUse(context), fields["looked"]) === previewState(typed.values, context);
      return isSeen || typed.isUnchanged
        ? save(deps, form, { context, ...typed })
        : preview(deps, { context, typed, fields });
    },
  };
}

async function preview(
  deps: ConsoleDeps,
  { context, typed, fields }: { context: OfficeContext; typed: Settings; fields: Fields },
): Promise<ConsoleOutcome> {
  const { office, language, t } = context;
  const { secondFactor, phishingResistance: resistance } = withSettings(office, typed.settings);
  const after = (fields["after"] ?? "").slice(0, MAX_USERNAME_LENGTH);
  const run = await deps.dryRun.run(office, secondFactor, { after, resistance });
  const plans = await deps.policyNotices.plan(office, { secondFactor, phishingResistance: resistance });
  const shown: Shown = {
    view: "settings-second-factor-look",
    model: {
      values: { ...typed.values, seen: fields["seen"] ?? "" },
      looked: deps.tokens.sign(previewUse(context), previewState(typed.values, context)),
      effects: policyEffects(run, context),
      isFurtherPage: after !== "",
      losses: lossesInWords(run.losses, secondFactor, context),
      notices: plans.map((plan) => policyMails(plan, context)).filter((mails) => mails !== null),
      resistance: t(`console.settings.resistance.${resistance.of}`),
      resistantFrom: resistance.from === null ? null : dayText(resistance.from, office, language),
      methods: methodsText(secondFactor.methods, context),
      isDemanded: secondFactor.demand === "required",
      day:
        secondFactor.from !== null && secondFactor.from > now()
          ? dayText(secondFactor.from, office, language)
          : null,
      backHref: officeHref(office.code, "/settings/second-factor"),
      cancelHref: officeHref(office.code, "/settings"),
    },
  };
  return { type: "show", shown: untaken(shown) };
}

/** The maximum length of a username. */
const MAX_USERNAME_LENGTH = 100;

const previewUse = ({ office, session }: OfficeContext): string =>
  `second factor look ${office.id} ${session.uid}`;
/** Includes the version: after a change of the office the preview is outdated. */
const previewState = (values: Fields, { office }: OfficeContext): string =>
  JSON.stringify([values, office.version]);

/** The choices of the form. Each says what it takes away from people. */
async function choicesOf({ dryRun, canSendSms }: ConsoleDeps, context: OfficeContext) {
  const { office, t } = context;
  const accepted = office.secondFactor.methods;
  const kinds = listedKinds(accepted, canSendSms);
  const withoutEach = kinds.map((kind) => accepted.filter((other) => other !== kind));
  const losses = await dryRun.lossesOfEach(office, withoutEach);
  const people = losses[0]?.without ?? 0;
  const none = people > 0 ? t("console.settings.demand.required.none", { people }) : "";
  const isDemanded = office.secondFactor.demand === "required";
  // Of one that is not accepted, or is the only one, nothing could be said.
  const lostWithout = (losses: PolicyLosses | undefined, others: readonly FactorKind[] = []) =>
    losses === undefined || !isDemanded || others.length === 0 || others.length === accepted.length
      ? []
      : lostMethods(losses, context).map((loss) => t("console.settings.methods.without", { loss }));
  return {
    resistances: RESISTANT_USERS.map((value) => ({
      value,
      label: t(`console.settings.resistance.${value}`),
      hint: t(`console.settings.resistance.${value}.hint`),
    })),
    demands: demandsOf(context).map((demand) =>
      demand.value === "required" ? { ...demand, hint: `${demand.hint} ${none}`.trim() } : demand,
    ),
    methods: kinds.map((kind, index) => ({
      ...{ value: kind, box: boxOf(kind), label: t(factorText(kind, "label")) },
      hint: [t(factorText(kind, "acceptedHint")), ...lostWithout(losses[index], withoutEach[index])].join(
        " ",
      ),
    })),
  };
}

/** The staff of the platform has no choice. */
const demandsOf = ({ office, t }: OfficeContext) =>
  (office.code === SUPPORT_OFFICE_CODE ? ["required"] : ["off", "required"]).map((value) => ({
    value,
    label: t(`console.settings.demand.${value}`),
    hint: t(`console.settings.demand.${value}.hint`),
  }));

/** The methods that work here, and those that the office has. */
const listedKinds = (accepted: readonly FactorKind[], canSendSms: boolean): FactorKind[] =>
  FACTOR_KINDS.filter(
    (kind) => accepted.includes(kind) || usableMethods(FACTOR_KINDS, canSendSms).includes(kind),
  );

const kindsOf = (value: string): FactorKind[] =>
  FACTOR_KINDS.filter((kind) => value.split(" ").includes(kind));

function methodsText(kinds: readonly FactorKind[], { t, language }: Pick<OfficeContext, "t" | "language">) {
  const list = new Intl.ListFormat(language).format(kinds.map((kind) => t(factorText(kind, "inList"))));
  return list.charAt(0).toLocaleUpperCase(language) + list.slice(1);
}
