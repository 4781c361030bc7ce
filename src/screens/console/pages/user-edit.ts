import { languageName } from "../../../kernel/languages.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { userEditSchema } from "../../../domain/users/user-edit.ts";
import type { EditResult } from "../../../domain/users/user-editing.ts";
import type { User } from "../../../domain/users/user.ts";
import type { Conflict, PersonPage, PersonVisit, Shown } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, may, overtaken, userOf } from "../person-visit.ts";
import {} from "../person-visit.ts";
import type { ConsoleOutcome } from "../page.ts";
import {} from "../person-visit.ts";
import { faultsOf, languageChoices, orNull } from "../user-form.ts";

/** Name, username, mail address and language; the own mail address only on the account page, which proves it. */
export function userEditPage(parts: ConsoleDeps): PersonPage {
  return {
    name: "user-edit",
    about: "person",
    path: "/edit",
    action: "user.edit",
    trail: ["settings", "users"],
    keeps: ["name", "username", "mail", "language", "seen"],
    show: (visit) => form(parts, visit),
    submit: (visit, fields) => save(parts, visit, fields),
  };
}

async function form(parts: ConsoleDeps, visit: PersonVisit): Promise<Shown> {
  const user = await userOf(parts.people, visit);
  const { name, username, mail, language, version } = user;
  return {
    view: "user-edit",
    model: {
      values: {
        ...{ name, username, mail: mail ?? "", language: language ?? "" },
        seen: parts.tokens.sign(useOf(visit), String(version)),
      },
      hasMail: may(visit, "user.edit-mail"),
      choices: languageChoices(visit.t),
      backHref: hrefOf(visit),
    },
  };
}

async function save(parts: ConsoleDeps, visit: PersonVisit, fields: Fields): Promise<ConsoleOutcome> {
  const values = typedIn(visit, fields);
  const { mail, language, ...names } = values;
  const seen = parts.tokens.read(useOf(visit), fields["seen"]);
  const parsed = userEditSchema.safeParse({
    ...names,
    ...(mail === undefined ? {} : { mail: orNull(mail) }),
    language: orNull(language),
    version: 1,
  });
  if (!parsed.success) {
    const errors = faultsOf(parsed.error.issues, visit.t);
    return { type: "errors", errors, values: { ...values, seen: fields["seen"] ?? "" } };
  }
  const user = await userOf(parts.people, visit);
  // A form that says nothing of what it saw has seen nothing.
  const edit = { ...parsed.data, version: Number(seen ?? 0) };
  return answer(visit, await parts.people.users.edit(user, edit, visit.actor), values);
}

const useOf = ({ person, session }: PersonVisit): string => `user ${person.id} ${session.uid}`;

/** Only what may be written here; a mail address that is not this page's business is left out. */
function typedIn(visit: PersonVisit, { name = "", username = "", mail = "", language = "" }: Fields) {
  return { name, username, language, ...(may(visit, "user.edit-mail") ? { mail } : {}) };
}

function answer(visit: PersonVisit, result: EditResult, values: ReturnType<typeof typedIn>): ConsoleOutcome {
  const { t } = visit;
  switch (result.type) {
    case "changed":
    case "unchanged":
      return { type: "done", to: hrefOf(visit) };
    case "username-taken": {
      const errors = [{ field: "username", message: t("userImport.row.username-taken") }];
      return { type: "errors", errors, values };
    }
    case "conflict": {
      const errors = [{ field: null, message: t("console.conflict.message") }];
      const by = result.last?.changedByName ?? t("console.conflict.somebody");
      const conflict = { by, fields: differencesOf(visit, values, result.current) };
      // The form that comes now has seen what is there: sent again, it counts.
      return { type: "errors", errors, conflict, values };
    }
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      return overtaken(visit);
  }
}

function differencesOf({ t }: PersonVisit, typed: ReturnType<typeof typedIn>, now: User): Conflict["fields"] {
  const row = (label: string, yours: string, theirs: string) =>
    yours === theirs ? [] : [{ label: t(label), yours, theirs }];
  const none = t("account.none");
  const named = (language: string | null) => languageName(language) ?? t("account.language.office");
  return [
    ...row("account.name.label", typed.name, now.name),
    ...row("password.username.label", typed.username, now.username),
    ...(typed.mail === undefined ? [] : row("account.mail.label", typed.mail || none, now.mail ?? none)),
    ...row("account.language.label", named(typed.language), named(now.language)),
  ];
}
