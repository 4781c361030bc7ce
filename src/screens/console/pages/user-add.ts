import { FACTORS, usableMethods } from "../../../domain/factors/factor.ts";
import { parseMobileNumber } from "../../../domain/factors/mobile-number.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { OperatorError } from "../../../kernel/errors.ts";
import { newUserSchema, type NewUser, type User } from "../../../domain/users/user.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import {
  officeHref,
  userHref,
  type OfficePage,
  type OfficeContext,
  type ConsoleOutcome,
  type Shown,
} from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import { faultsOf, languageChoices, orNull } from "../user-form.ts";

/** Adds a user and mails them a link to choose a password, so that no administrator ever knows it. */
export function userAddPage({ userDeps, sending }: ConsoleDeps): OfficePage {
  const asksNumber = ({ office }: OfficeContext) =>
    usableMethods(office.secondFactor.methods, sending).some((kind) => FACTORS[kind].sentBy === "sms");
  return {
    name: "user-add",
    about: "office",
    path: "/users/add",
    action: "user.add",
    trail: ["settings", "users"],
    keeps: ["name", "username", "mail", "mobile", "role", "language", "invite"],
    // A role hands over a part of the office.
    isGrave: (_, { role = "" }) => role !== "user",
    show: (context) => show(userDeps, context, asksNumber(context)),
    submit: async (context, fields) => {
      const values = typedIn(fields);
      const { mail, mobile, language, invite, ...rest } = values;
      const parsed = newUserSchema.safeParse({ ...rest, mail: orNull(mail), language: orNull(language) });
      const errors = parsed.success ? [] : faultsOf(parsed.error.issues, context.t);
      if (invite === "yes" && orNull(mail) === null) {
        errors.push({ field: "mail", message: context.t("console.user-add.noMail") });
      }
      const number = asksNumber(context) ? typedNumber(mobile, context) : null;
      if (number?.type === "fault") {
        errors.push({ field: "mobile", message: context.t(`console.user-number.${number.fault}`) });
      }
      if (!parsed.success || number?.type === "fault" || errors.length > 0) {
        return { type: "errors", errors, values };
      }
      const how = { invite: invite === "yes", mobile: number?.e164 ?? null };
      return add(userDeps, context, { draft: parsed.data, how, values });
    },
  };
}

/** Null where nothing was typed: the user can enter the number at the first sign-in. */
const typedNumber = (typed: string, { office }: OfficeContext) =>
  typed.trim() === "" ? null : parseMobileNumber(typed, office.country, office.countries);

/** The first user of an office has to be a superuser. */
async function show(
  userDeps: UserDeps,
  { actor, office, t }: OfficeContext,
  asksNumber: boolean,
): Promise<Shown> {
  const { counts } = await userDeps.overview.find(office.id, 0);
  const roles = await userDeps.users.rolesToGiveAlone(office, actor);
  const isFirst = counts.superusers === 0;
  const role = isFirst ? "superuser" : "user";
  return {
    view: "user-add",
    model: {
      isFirst,
      takesTwo: roles.length > 0 && !roles.includes("superuser"),
      asksNumber,
      values: { name: "", username: "", mail: "", mobile: "", role, language: "", invite: "yes" },
      roles: roles.map((value) => ({
        value,
        label: t(`console.role.${value}`),
        hint: t(`console.role.${value}.hint`),
        recommended: false,
      })),
      choices: languageChoices(t),
      backHref: officeHref(office.code, "/users"),
    },
  };
}

const typedIn = ({ name = "", username = "", mail = "", mobile = "", ...others }: Fields) => {
  const { role = "", language = "", invite = "" } = others;
  return { name, username, mail, mobile, role, language, invite };
};

async function add(
  userDeps: UserDeps,
  context: OfficeContext,
  { draft, how, values }: { draft: NewUser; how: { invite: boolean; mobile: string | null }; values: Fields },
): Promise<ConsoleOutcome> {
  const { office, t } = context;
  try {
    const result = await userDeps.users.add(draft, office, { by: context.actor, ...how });
    if (result.type === "added") {
      return { type: "done", to: userHref(office.code, result.id) };
    }
    const isForTwo = result.type === "needs-approval";
    return fault("role", t(isForTwo ? "console.user-add.two" : "userImport.row.role-above"), values);
  } catch (error) {
    if (!(error instanceof OperatorError)) {
      throw error;
    }
    const stored = await userDeps.findByUsername(office.id, draft.username);
    // A double click leads to the user that the first click has added.
    return stored !== null && isSameUser(stored, draft)
      ? { type: "go", to: userHref(office.code, stored.id) }
      : fault("username", t("userImport.row.username-taken"), values);
  }
}

const isSameUser = (stored: User, draft: NewUser): boolean =>
  (["username", "name", "mail", "role", "language"] as const).every(
    (field) => stored[field] === draft[field],
  );
