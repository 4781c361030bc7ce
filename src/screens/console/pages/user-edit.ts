import { languageName } from "../../../kernel/languages.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { userEditSchema } from "../../../domain/users/user-edit.ts";
import type { EditResult } from "../../../domain/users/user-editing.ts";
import type { User } from "../../../domain/users/user.ts";
import type { Conflict, UserPage, UserContext, Shown, ConsoleOutcome } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, isOwn, may, mayAlone, overtaken, userOf } from "../user-context.ts";
import { faultsOf, languageChoices, orNull } from "../user-form.ts";
import { shownMail, typedMail } from "../../../kernel/typed-text/typed-mail.ts";

/**
 * Name, username, email address and language. Administrators change their own email address on the account page, which
 * verifies it.
 */
export function userEditPage(deps: ConsoleDeps): UserPage {
  return {
    name: "user-edit",
    about: "user",
    path: "/edit",
    action: "user.edit",
    trail: ["settings", "users"],
    keeps: ["name", "username", "mail", "language", "seen"],
    // A name or an address by which applications and mails know a user may hand the account over.
    isGrave: ({ user }, { username, mail }) =>
      (username !== undefined && username !== user.username) ||
      (mail !== undefined && mail !== shownMail(user.mail ?? "")),
    show: (context) => form(deps, context),
    submit: (context, fields) => save(deps, context, fields),
  };
}

async function form(deps: ConsoleDeps, context: UserContext): Promise<Shown> {
  const user = await userOf(deps.userDeps, context);
  const { name, username, mail, language, version } = user;
  return {
    view: "user-edit",
    model: {
      values: {
        ...{ name, username, mail: shownMail(mail ?? ""), language: language ?? "" },
        seen: deps.tokens.sign(useOf(context), String(version)),
      },
      hasUsername: mayAlone(context, "user.rename"),
      hasMail: mayAlone(context, "user.edit-mail"),
      hasEmailCodes: context.user.methods.includes("email"),
      takesTwo: !isOwn(context) && may(context, "user.edit-mail") && !mayAlone(context, "user.edit-mail"),
      choices: languageChoices(context.t),
      backHref: hrefOf(context),
    },
  };
}

async function save(deps: ConsoleDeps, context: UserContext, fields: Fields): Promise<ConsoleOutcome> {
  const values = typedIn(context, fields);
  const { mail, language, ...names } = values;
  const seen = deps.tokens.read(useOf(context), fields["seen"]);
  const parsed = userEditSchema.safeParse({
    ...names,
    ...(mail === undefined ? {} : { mail: orNull(mail) }),
    language: orNull(language),
    version: 1,
  });
  if (!parsed.success) {
    const errors = faultsOf(parsed.error.issues, context.t);
    return { type: "errors", errors, values: { ...values, seen: fields["seen"] ?? "" } };
  }
  const user = await userOf(deps.userDeps, context);
  // A form without a valid token gets version 0, which always conflicts.
  const edit = { ...parsed.data, version: Number(seen ?? 0) };
  return answer(context, await deps.userDeps.users.edit(user, edit, context.actor), values);
}

const useOf = ({ user, session }: UserContext): string => `user ${user.id} ${session.uid}`;

/** The typed values, without username and email address where the caller may not change them. */
function typedIn(context: UserContext, { name = "", username = "", mail = "", language = "" }: Fields) {
  return {
    ...{ name, language },
    ...(mayAlone(context, "user.rename") ? { username } : {}),
    ...(mayAlone(context, "user.edit-mail") ? { mail } : {}),
  };
}

function answer(
  context: UserContext,
  result: EditResult,
  values: ReturnType<typeof typedIn>,
): ConsoleOutcome {
  const { t } = context;
  switch (result.type) {
    case "changed":
    case "unchanged":
      return { type: "done", to: hrefOf(context) };
    case "username-taken": {
      const errors = [{ field: "username", message: t("userImport.row.username-taken") }];
      return { type: "errors", errors, values };
    }
    case "conflict": {
      const fields = differencesOf(context, values, result.current);
      if (fields.length === 0) {
        // A double click: the first one has just saved the same.
        return { type: "done", to: hrefOf(context) };
      }
      const errors = [{ field: null, message: t("console.conflict.message") }];
      const by = result.last?.changedByName ?? t("console.conflict.support");
      const conflict = { by, fields };
      // The new form knows the stored state, so sending it again overwrites on purpose.
      return { type: "errors", errors, conflict, values };
    }
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
    case "needs-approval":
      return overtaken(context);
  }
}

function differencesOf({ t }: UserContext, typed: ReturnType<typeof typedIn>, now: User): Conflict["fields"] {
  const row = (label: string, yours: string, theirs: string) =>
    yours === theirs ? [] : [{ label: t(label), yours, theirs }];
  const none = t("account.mail.none");
  const named = (language: string | null) => languageName(language) ?? t("account.language.office");
  return [
    ...row("account.name.label", typed.name, now.name),
    ...(typed.username === undefined ? [] : row("password.username.label", typed.username, now.username)),
    ...(typed.mail === undefined
      ? []
      : row(
          "account.mail.label",
          shownMail(typedMail(typed.mail)) || none,
          shownMail(now.mail ?? "") || none,
        )),
    ...row("account.language.label", named(typed.language), named(now.language)),
  ];
}
