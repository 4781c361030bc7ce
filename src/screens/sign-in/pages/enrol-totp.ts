import { z } from "zod";
import { base32 } from "../../../domain/factors/base32.ts";
import { qrCode } from "../../../domain/factors/qr-code.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import { keyUri, TOTP_SECRET_BYTES } from "../../../domain/factors/totp.ts";
import type { KeyedHash } from "../../../kernel/secret.ts";
import { has } from "../journey.ts";
import type { Page, PageContext } from "../page.ts";
import { codeOutcome, contactOf } from "./code-outcome.ts";
import { codesLeftModel, postponeModel, postponed } from "./enrolment-model.ts";

export interface EnrolTotpDeps {
  readonly codes: SecondFactorCheck;
  /** Makes the new secret: keyed, so that knowing the sign-in's address tells nothing. */
  readonly hash: KeyedHash;
  readonly productName: string;
}

const form = z.object({ code: z.string().default(""), later: z.string().optional() });

/**
 * Sets the authenticator app up. The secret is derived from the sign-in and a key of ours: a reload shows the same
 * one, another sign-in another, and nothing is stored before a right code. What the browser sends as a secret is
 * never looked at.
 */
export function enrolTotpPage(deps: EnrolTotpDeps): Page<z.output<typeof form>> {
  const secretOf = (context: PageContext) => {
    const seed = `totp enrolment ${context.interaction.uid} ${contactOf(context).id}`;
    return base32(deps.hash(seed).subarray(0, TOTP_SECRET_BYTES));
  };
  return {
    name: "enrol-totp",
    view: "sign-in/enrol-totp",
    form,
    keeps: [],
    show: (context) => {
      const secret = secretOf(context);
      const { office, username } = accountOf(context);
      const uri = keyUri(secret, deps.productName, `${office.code}/${username}`);
      return Promise.resolve({
        ...postponeModel(context),
        values: { code: "" },
        // There is something to read and to do before the box is needed.
        autofocus: "",
        ...codesLeftModel(context),
        key: secret.replace(/(.{4})(?=.)/g, "$1 "),
        secret,
        uri,
        qr: qrCode(uri),
      });
    },
    submit: async (context, { code, later }) => {
      if (later !== undefined && context.signIn.demand === "offered") {
        return postponed(context);
      }
      const [binding, replaces] = [context.interaction.uid, replacesLost(context)];
      const attempt = { type: "new-totp", code, binding, secret: secretOf(context), replaces } as const;
      const result = await deps.codes.check(contactOf(context), attempt, context.visitor);
      return codeOutcome(context, result, { name: "enrol-totp", field: "code", fact: "totp-enrolled" });
    },
  };
}

const replacesLost = ({ signIn }: PageContext): boolean => has(signIn, "recovery-code-used");

function accountOf(context: PageContext) {
  if (context.user === null) {
    throw new Error("Nobody is known in this sign-in.");
  }
  return context.user.account;
}
