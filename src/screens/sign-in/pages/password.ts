import { z } from "zod";
import { isOwnApplication } from "../../../domain/applications/own-application.ts";
import { minutesUntil, now } from "../../../kernel/clock.ts";
import type { PasswordCheck } from "../../../domain/credentials/password-check.ts";
import { canReplacePassword } from "../../../domain/factors/factor.ts";
import type { Passwordless } from "../../../domain/factors/passkeys/passwordless.ts";
import type { Office } from "../../../domain/offices/office.ts";
import { ceremonyModel } from "../../../platform/web/ceremony-model.ts";
import { readLoginHint } from "../login-hint.ts";
import type { Model, Page, PageContext, PageOutcome } from "../page.ts";
import { fault, type FieldError } from "../../../platform/web/page-kit.ts";
import { minutesOf } from "../../../platform/web/step-up.ts";

/**
 * The pages of the sign-in, one file each. A page is a value with a name, a form, `show` and `submit`. Its outcome is a
 * fact, errors, or another page of the same step. `../journey.ts` decides what comes next, never the page. Start here.
 */

interface Deps {
  readonly passwords: PasswordCheck;
  readonly passwordless: Passwordless;
}

const form = z.object({
  officeCode: z.string().default(""),
  username: z.string().default(""),
  password: z.string().default(""),
  /** What the browser says of a passkey; empty for a password. */
  credential: z.string().default(""),
});
type Form = z.output<typeof form>;

/**
 * Office code, username, password; or a passkey instead, where the page knows an office that allows it. One message for every kind of
 * failure: it must not reveal which accounts exist.
 */
export function passwordPage({ passwords, passwordless }: Deps): Page<Form> {
  return {
    name: "password",
    view: "sign-in/password",
    form,
    keeps: ["officeCode", "username"],
    show: (context) => Promise.resolve({ ...model(context), ceremony: ceremonyOf(passwordless, context) }),
    submit: async (context, typed) => {
      if (typed.credential !== "") {
        return byPasskey(passwordless, context, typed.credential);
      }
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

const mayUsePasskey = (office: PageContext["office"]): office is Office =>
  office?.isPasswordless === true && canReplacePassword(office.secondFactor.methods);

function ceremonyOf(passwordless: Passwordless, { office, interaction, isUnseen }: PageContext) {
  return mayUsePasskey(office) && !isUnseen
    ? ceremonyModel(passwordless.ask({ officeId: office.id, binding: interaction.uid }))
    : null;
}

async function byPasskey(
  passwordless: Passwordless,
  context: PageContext,
  credential: string,
): Promise<PageOutcome> {
  const { office, interaction, browser, trust, visitor, t } = context;
  if (!mayUsePasskey(office)) {
    return fault(null, t("password.passkey.wrong"));
  }
  const asked = { officeId: office.id, binding: interaction.uid };
  const result = await passwordless.check({ ...asked, credential, browser, trust, visitor });
  switch (result.type) {
    case "wrong":
      return fault(null, t("password.passkey.wrong"));
    case "too-many":
      return fault(null, tooMany(context, result.until));
    case "right": {
      const { userId, at, newBrowser, settled, record, isSynced } = result;
      const also = ["passkey-proved", ...(isSynced ? (["passkey-synced"] as const) : [])] as const;
      const proof = { officeId: office.id, userId, at, newBrowser, also, settled, changes: { record } };
      return { type: "done", fact: { ...proof, type: "passkey-verified" } };
    }
  }
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
