import {
  DELETION_REASONS,
  isDeletionReason,
  type DeletionReason,
} from "../../../domain/users/user-deletion.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { Fields } from "../../../platform/web/form.ts";
import { officeHref, type ConsoleOutcome, type Shown, type UserContext, type UserPage } from "../page.ts";
import type { ConsoleDeps, UserDeps } from "../console-deps.ts";
import { hrefOf, may, mayAlone, overtaken, userOf, whoOf } from "../user-context.ts";

/** Deletes a user for good, or asks a second person for it. Says what goes and what stays, and offers a copy of the data first. */
export function userDeletePage({ userDeps }: ConsoleDeps): UserPage {
  return {
    name: "user-delete",
    about: "user",
    path: "/delete",
    action: "user.delete",
    trail: ["settings", "users"],
    keeps: ["reason"],
    whenGone: ({ params: { office = "" } }) => ({ type: "done", to: officeHref(office, "/users") }),
    show: (context) => Promise.resolve(shown(context)),
    submit: (context, fields) => remove(userDeps, context, fields),
  };
}

const takesTwo = (context: UserContext): boolean => !mayAlone(context, "user.delete");

function shown(context: UserContext): Shown {
  const { t } = context;
  const text = (key: string) => t(`console.user-delete.${key}`);
  return {
    view: "user-delete",
    model: {
      who: whoOf(context),
      effects: ["account", "out", "audit", "told"].map(text),
      takesTwo: takesTwo(context),
      dataHref: may(context, "user.export-data") ? hrefOf(context, "/data") : null,
      reasons: [
        { value: "", label: text("reason.choose") },
        ...DELETION_REASONS.map((value) => ({ value, label: text(`reason.${value}`) })),
      ],
      values: { reason: "" },
      backHref: hrefOf(context),
    },
  };
}

async function remove(
  userDeps: UserDeps,
  context: UserContext,
  { reason = "" }: Fields,
): Promise<ConsoleOutcome> {
  const { actor, office, t } = context;
  if (!isDeletionReason(reason)) {
    const errors = [{ field: "reason", message: t("console.user-delete.reason.wrong") }];
    return { type: "errors", errors, values: { reason: "" } };
  }
  const user = await userOf(userDeps, context);
  const { type } = await userDeps.users.delete(user, { by: actor, reason });
  switch (type) {
    case "deleted":
      return { type: "done", to: officeHref(office.code, "/users") };
    case "last":
      return fault(null, t("console.user-delete.last"));
    case "needs-approval":
      return request(userDeps, context, reason);
    case "own":
    case "higher":
    case "elsewhere":
    case "not-permitted":
      return overtaken(context);
  }
}

async function request(
  userDeps: UserDeps,
  context: UserContext,
  reason: DeletionReason,
): Promise<ConsoleOutcome> {
  const { actor: by, office, t } = context;
  const user = await userOf(userDeps, context);
  const asked = await userDeps.approvals.request(user, { action: "delete" }, { by, reason, office });
  if (asked.type === "last") {
    return fault(null, t("console.user-delete.last"));
  }
  return asked.type === "requested" || asked.type === "waiting"
    ? { type: "go", to: hrefOf(context, "/approval") }
    : overtaken(context);
}
