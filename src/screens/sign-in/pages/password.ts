import { z } from "zod";
import { isOwnApplication } from "../../../domain/applications/own-application.ts";
import { minutesUntil, now } from "../../../kernel/clock.ts";
import type { PasswordCheck } from "../../../domain/credentials/password-check.ts";
import { readLoginHint } from "../login-hint.ts";
import type { Model, Page, PageContext } from "../page.ts";
import { fault, type FieldError } from "../../../platform/web/page-kit.ts";
import { minutesOf } from "../../../platform/web/step-up.ts";

/**
 * The pages of the sign-in, one file each. A page is a value with a name, a form, `show` and `submit`. Its outcome is a
 * fact, errors, or another page of the same step. `../journey.ts` decides what comes next, never the page. Start here.
 */

interface Deps {
  readonly passwords: PasswordCheck;
}

const form = z.object({
  officeCode: z.string().default(""),
  username: z.string().default(""),
  password: z.string().default(""),
});
type Form = z.output<typeof form>;

/** Office code, username, password. One message for every kind of failure: it must not reveal which accounts exist. */
export function passwordPage({ passwords }: Deps): Page<Form> {
  return {
    name: "password",
    view: "sign-in/password",
    form,
    keeps: ["officeCode", "username"],
    show: (context) => Promise.resolve(model(context)),
    submit: async (context, typed) => {
      const officeCode = context.fixedOfficeCode ?? typed.officeCode;
      const missing = missingFields({ ...typed, officeCode }, context);
      if (missing.length > 0) {
        return { type: "errors", errors: missing };
      }
      const { visitor, browser, trust, t } = context;
      const result = await passwords.check({ ...typed, officeCode, visitor, browser, trust });
      switch (result.type) {
        case "wrong":
          return fault("password", t("password.wrong"));
        case "too-many":
          return fault(null, tooMany(context, result.until));
        case "right": {
          const { record, release, ...proved } = result;
          return {
            type: "done",
            fact: { ...proved, type: "password-proved", changes: { record }, release },
          };
        }
      }
    },
  };
}

function model({ interaction, fixedOfficeCode, rememberedOffice, t }: PageContext): Model {
  const hinted = readLoginHint(interaction, fixedOfficeCode);
  const values = {
    officeCode: fixedOfficeCode ?? hinted.officeCode ?? rememberedOffice ?? "",
    username: hinted.username,
  };
  const firstEmpty =
    values.officeCode === "" ? "officeCode" : values.username === "" ? "username" : "password";
  return {
    values,
    again: againText(interaction, t),
    officeFixed: fixedOfficeCode !== null,
    autofocus: firstEmpty,
    forgotHref: `/interaction/${interaction.uid}/help/forgot-password`,
    whichOfficeHref: `/interaction/${interaction.uid}/help/which-office-code`,
  };
}

/** The link makes this browser familiar, and a stranger who keeps guessing does not touch its counter. */
function tooMany({ t }: PageContext, until: Date): string {
  const minutes = minutesUntil(now(), until);
  return `${t("password.tooMany", { minutes })} ${t("password.noNeedToWait")}`;
}

/** Whether the account page or the console asks a signed-in user to sign in again; the request then names the user. */
const isStepUp = ({ application, params, sessionAccountId }: PageContext["interaction"]): boolean =>
  isOwnApplication(application.id) && sessionAccountId !== null && params["login_hint"] !== undefined;

/** Why a signed-in user is asked again; null for every other sign-in. */
function againText(interaction: PageContext["interaction"], t: PageContext["t"]): string | null {
  if (!isStepUp(interaction)) {
    return null;
  }
  const minutes = minutesOf(interaction.params["max_age"]);
  return minutes === null ? t("password.again") : t("password.againMinutes", { minutes });
}

function missingFields(typed: Form, { t }: PageContext): FieldError[] {
  const fields = ["officeCode", "username", "password"] as const;
  return fields
    .filter((field) => (field === "password" ? typed.password : typed[field].trim()) === "")
    .map((field) => ({ field, message: t(`password.${field}.required`) }));
}
