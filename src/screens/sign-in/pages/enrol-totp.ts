import { z } from "zod";
import { base32 } from "../../../domain/factors/base32.ts";
import { qrCode } from "../../../domain/factors/qr-code.ts";
import type { SecondFactorCheck } from "../../../domain/factors/second-factor-check.ts";
import { keyUri, TOTP_SECRET_BYTES } from "../../../domain/factors/totp.ts";
import type { KeyedHash } from "../../../kernel/secret.ts";
import { has } from "../journey.ts";
import type { Page, Visit } from "../page.ts";
import { codeOutcome, personOf } from "./code-outcome.ts";
import { codesLeftModel, postponeModel, postponed } from "./enrolment-model.ts";

export interface EnrolTotpParts {
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
export function enrolTotpPage(parts: EnrolTotpParts): Page<z.output<typeof form>> {
  const secretOf = (visit: Visit) => {
    const seed = `totp enrolment ${visit.interaction.uid} ${personOf(visit).id}`;
    return base32(parts.hash(seed).subarray(0, TOTP_SECRET_BYTES));
  };
  return {
    name: "enrol-totp",
    view: "sign-in/enrol-totp",
    form,
    keeps: [],
    show: (visit) => {
      const secret = secretOf(visit);
      const { office, username } = accountOf(visit);
      const uri = keyUri(secret, parts.productName, `${office.code}/${username}`);
      return Promise.resolve({
        ...postponeModel(visit),
        values: { code: "" },
        // There is something to read and to do before the box is needed.
        autofocus: "",
        ...codesLeftModel(visit),
        key: secret.replace(/(.{4})(?=.)/g, "$1 "),
        secret,
        uri,
        qr: qrCode(uri),
      });
    },
    submit: async (visit, { code, later }) => {
      if (later !== undefined && visit.signIn.demand === "offered") {
        return postponed(visit);
      }
      const [binding, replaces] = [visit.interaction.uid, replacesLost(visit)];
      const attempt = { type: "new-totp", code, binding, secret: secretOf(visit), replaces } as const;
      const result = await parts.codes.check(personOf(visit), attempt, visit.visitor);
      return codeOutcome(visit, result, { name: "enrol-totp", field: "code", fact: "totp-enrolled" });
    },
  };
}

const replacesLost = ({ signIn }: Visit): boolean => has(signIn, "recovery-code-used");

function accountOf(visit: Visit) {
  if (visit.person === null) {
    throw new Error("Nobody is known in this sign-in.");
  }
  return visit.person.account;
}
