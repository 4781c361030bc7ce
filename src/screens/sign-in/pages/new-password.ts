import { z } from "zod";
import type { Queryable } from "../../../platform/database/database.ts";
import { CodeUsedMeanwhile } from "../../../domain/factors/code-try.ts";
import { PageError } from "../../../kernel/errors.ts";
import type { PasswordRenewal } from "../../../domain/credentials/password-renewal.ts";
import { PASSWORD_LENGTH } from "../../../domain/credentials/password-rules.ts";
import { fault } from "../../../platform/web/page-kit.ts";
import type { Page, PageContext } from "../page.ts";
import { proofOf } from "./code-outcome.ts";

export interface NewPasswordDeps {
  readonly renewal: PasswordRenewal;
}

const form = z.object({ newPassword: z.string().default("") });

/**
 * Replaces an expired password. It is the last page, because the old password alone must not be enough to set a new
 * one.
 */
export function newPasswordPage({ renewal }: NewPasswordDeps): Page<z.output<typeof form>> {
  return {
    name: "new-password",
    view: "sign-in/new-password",
    form,
    keeps: [],
    show: (context) =>
      Promise.resolve({
        username: accountOf(context).username,
        values: {},
        autofocus: "newPassword",
        ...PASSWORD_LENGTH,
      }),
    submit: async (context, { newPassword }) => {
      const prepared = await renewal.prepare(accountOf(context), newPassword);
      if (prepared.type === "fault") {
        const message = context.t(`newPassword.${prepared.fault}`, PASSWORD_LENGTH);
        return fault("newPassword", message);
      }
      const record = async (tx: Queryable) => {
        // Another tab was first: roll this transaction back.
        if (!(await prepared.record(tx, context.visitor))) {
          throw new CodeUsedMeanwhile();
        }
      };
      return proofOf(context, "new-password-set", record, prepared.at);
    },
  };
}

function accountOf({ user }: PageContext) {
  if (user === null) {
    throw new PageError("expired");
  }
  return user.account;
}
