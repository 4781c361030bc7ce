import { localDay } from "../../../kernel/time-zone.ts";
import { now } from "../../../kernel/clock.ts";
import { FACTOR_KINDS, factorText, type FactorKind } from "../../../domain/factors/factor.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { withSettings } from "../../../domain/offices/office-settings.ts";
import { lossesInWords, namedPeople, policyEffects } from "../policy-effects.ts";
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
import { boxOf, choicesOf } from "../second-factor-choices.ts";
import { listedModels, modelsText, noModelText, readModels } from "../passkey-models.ts";
import type { NamedModel } from "../../../domain/factors/passkeys/authenticator-model.ts";
import type { Translate } from "../../../kernel/languages.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { typedWord } from "../../../kernel/typed-text/typed-text.ts";

type Settings = Extract<Typed, { type: "settings" }>;

const form: SettingsForm = {
  labels: {
    demand: "console.settings.demand",
    from: "console.settings.from",
    methods: "console.settings.methods",
    resistantUsers: "console.settings.resistance",
    resistantFrom: "console.settings.resistantFrom",
    passkeyModels: "console.settings.passkeyModels",
  },
  valuesOf: ({
    zone,
    secondFactor: { demand, from, methods },
    phishingResistance: resistance,
    passkeyModels,
  }) => ({
    demand,
    from: from === null ? "" : localDay(from, zone),
    methods: FACTOR_KINDS.filter((kind) => methods.includes(kind)).join(" "),
    resistantUsers: resistance.of,
    resistantFrom: resistance.from === null ? "" : localDay(resistance.from, zone),
    passkeyModels: passkeyModels?.join("\n") ?? "",
  }),
  settingsOf: ({
    demand,
    from = "",
    methods = "",
    resistantUsers,
    resistantFrom = "",
    passkeyModels = "",
  }) => ({
    secondFactor: { demand, from: dayOf(from), methods: methods.split(" ").filter((kind) => kind !== "") },
    // A page that was opened before this field was there leaves it as it is.
    ...(resistantUsers === ""
      ? {}
      : { phishingResistance: { of: resistantUsers, from: dayOf(resistantFrom) } }),
    passkeyModels: passkeyModels === "" ? null : passkeyModels.split("\n"),
  }),
  fieldOf: ([setting, part = ""]) =>
    setting === "passkeyModels"
      ? setting
      : setting === "phishingResistance"
        ? part === "of"
          ? "resistantUsers"
          : "resistantFrom"
        : part,
  textOf: (field, value, reader) => {
    const { t } = reader;
    if (field === "from" || field === "resistantFrom") {
      return value === "" ? t("console.settings.atOnce") : value;
    }
    if (field === "passkeyModels") {
      return modelsText(value === "" ? null : value.split("\n"), t);
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
    show: async (context) => {
      const models = await deps.models.named();
      return {
        view: "settings-second-factor",
        model: {
          values: openedValues(deps, form, context),
          ...(await choicesOf(deps, context)),
          models,
          ...(await listOf(deps, context.office.passkeyModels, { known: models, t: context.t })),
          canSendSms: deps.sending.sms,
          backHref: officeHref(context.office.code, "/settings"),
        },
      };
    },
    submit: async (context, sent) => {
      const models = readModels(sent["passkeyModels"] ?? "", await deps.models.named(), context.t);
      if ("fault" in models) {
        return fault("passkeyModels", models.fault, sent);
      }
      const fields: Fields = { ...sent, passkeyModels: [...models.aaguids].sort().join("\n") };
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
  const {
    secondFactor,
    phishingResistance: resistance,
    passkeyModels,
  } = withSettings(office, typed.settings);
  const after = (fields["after"] ?? "").slice(0, MAX_USERNAME_LENGTH);
  const run = await deps.dryRun.run(office, secondFactor, { after, resistance, passkeyModels });
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
      ...(await listOf(deps, passkeyModels, { known: await deps.models.named(), t })),
      named: namedPeople(run, context),
      backHref: officeHref(office.code, "/settings/second-factor"),
      cancelHref: officeHref(office.code, "/settings"),
    },
  };
  return { type: "show", shown: untaken(shown) };
}

/** An office's list of models, as both pages show it. */
async function listOf(
  { models }: ConsoleDeps,
  aaguids: readonly string[] | null,
  { known, t }: { readonly known: readonly NamedModel[]; readonly t: Translate },
) {
  const unusable = await models.unusable(aaguids);
  const listed = aaguids ?? [];
  return {
    listed: listedModels(listed, { known, unusable }, t),
    noModel: noModelText(listed, unusable, t),
  };
}

/** The maximum length of a username. */
const MAX_USERNAME_LENGTH = 100;

const previewUse = ({ office, session }: OfficeContext): string =>
  `second factor look ${office.id} ${session.uid}`;
/** Includes the version: after a change of the office the preview is outdated. */
const previewState = (values: Fields, { office }: OfficeContext): string =>
  JSON.stringify([values, office.version]);

const kindsOf = (value: string): FactorKind[] =>
  FACTOR_KINDS.filter((kind) => value.split(" ").includes(kind));

function methodsText(kinds: readonly FactorKind[], { t, language }: Pick<OfficeContext, "t" | "language">) {
  const list = new Intl.ListFormat(language).format(kinds.map((kind) => t(factorText(kind, "inList"))));
  return list.charAt(0).toLocaleUpperCase(language) + list.slice(1);
}
