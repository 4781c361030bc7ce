import { z } from "zod";
import { base32 } from "../../../domain/factors/base32.ts";
import { qrCode } from "../../../domain/factors/qr-code.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import { keyUri, TOTP_SECRET_BYTES } from "../../../domain/factors/totp.ts";
import type { KeyedHash } from "../../../kernel/secret.ts";
import { has } from "../journey.ts";
import type { Page, PageContext } from "../page.ts";
import { contactOf } from "./code-outcome.ts";
import { codesLeftModel, postponeModel, postponed } from "./enrolment-model.ts";
import { otherEnrolments } from "./factor-choice.ts";
import { enrolOutcome, type ReplacedFactorDeps } from "./replaced-factor.ts";

export interface EnrolTotpDeps extends ReplacedFactorDeps {
  readonly codes: SecondFactorCheck;
  /** Derives the new secret. It is keyed, so the address of the sign-in does not reveal the secret. */
  readonly hash: KeyedHash;
  readonly productName: string;
}

const form = z.object({ code: z.string().default(""), later: z.string().optional() });

/**
 * Sets up the authenticator app. The secret is derived from the sign-in and a server key: a reload shows the same
 * secret, and nothing is stored before the first correct code. The server never reads a secret from the form, so an
 * attacker cannot plant one.
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
        // The user scans the QR code first; focus in the field would scroll it out of view.
        autofocus: "",
        ...codesLeftModel(context),
        instead: otherEnrolments(context, "totp"),
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
      const page = { name: "enrol-totp", field: "code", fact: "totp-enrolled" } as const;
      return enrolOutcome(deps, context, { result, replaces, page });
    },
  };
}

const replacesLost = ({ signIn }: PageContext): boolean => has(signIn, "recovery-code-used");

function accountOf(context: PageContext) {
  if (context.user === null) {
    throw new Error("This sign-in has no user.");
  }
  return context.user.account;
}
