import { minutesUntil, now } from "../../../kernel/clock.ts";
import { PASSWORD_LENGTH } from "../../../domain/credentials/password-rules.ts";
import type { OwnAccount } from "../../../domain/users/own-account.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import { ownerOf, type ChangePage } from "../page.ts";

/** Changes the password. The user has just signed in and still has to know the current password. Ends all sessions. */
export function passwordPage({ own }: { own: OwnAccount }): ChangePage {
  return {
    path: "/account/password",
    tab: "general",
    needsFactor: false,
    change: "password",
    asksFirst: true,
    show: ({ session, overview }) =>
      Promise.resolve({
        view: "password",
        office: overview.office,
        model: { username: session.account.username, autofocus: "currentPassword", ...PASSWORD_LENGTH },
      }),
    submit: async (context, fields) => {
      const { t } = context;
      const { currentPassword: current = "", newPassword: wanted = "" } = fields;
      if (current === "") {
        return fault("currentPassword", t("password.password.required"));
      }
      const result = await own.changePassword(ownerOf(context), { current, wanted });
      switch (result.type) {
        case "changed":
          return { type: "done", to: "/account", done: "password" };
        case "wrong":
          return fault("currentPassword", t("account.password.wrong"));
        case "too-many":
          return fault(
            "currentPassword",
            t("password.tooMany", { minutes: minutesUntil(now(), result.until) }),
          );
        case "fault":
          return fault("newPassword", t(`newPassword.${result.fault}`, PASSWORD_LENGTH));
      }
    },
  };
}
