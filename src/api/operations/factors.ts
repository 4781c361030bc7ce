import { z } from "zod";
import { FACTOR_KINDS } from "../../domain/factors/factor.ts";
import { authenticatorName } from "../../domain/factors/passkeys/authenticator-names.ts";
import { removedBy } from "../../domain/factors/method-removal.ts";
import { reasonSchema } from "../../domain/factors/help.ts";
import type { Refused } from "../../domain/factors/number-results.ts";
import { moment, timeOfSeconds, timeOrNull } from "../listing.ts";
import { operation, type Operation } from "../operation.ts";
import { FACTOR, USER } from "../places.ts";
import { Problem } from "../problem.ts";
import { refusedBy } from "../refusals.ts";
import { numberIn } from "./user-body.ts";

const NOTHING = { body: null } as const;

const factors = z.strictObject({
  kinds: z.array(z.enum(FACTOR_KINDS)),
  passkeys: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string().nullable().meta({ description: "that the user gave, or else that of the model" }),
      aaguid: z.string(),
      addedAt: moment,
      usedAt: moment.nullable(),
    }),
  ),
  wrongCodes: z.int().meta({ description: "since the last right one" }),
  blockedUntil: moment.nullable(),
  isFrozen: z.boolean().meta({ description: "only a reset helps" }),
  recoveryCodesLeft: z.int(),
});

const number = z.strictObject({
  number: z.string().nullable(),
  state: z.enum(["unconfirmed", "confirmed"]).nullable(),
  pendingNumber: z.string().nullable().meta({ description: "waits for approval" }),
});

const enrolmentCode = z
  .string()
  .nullable()
  .meta({ description: "for the user, by another channel than mail; it is in this answer alone" });
const why = z.strictObject({ reason: reasonSchema });

/** Second factor and mobile number. */
export const factorOperations: readonly Operation[] = [
  operation({
    ...{ name: "factors.get", method: "GET", place: USER, path: "/factors", action: "user.see" },
    about: "Says which second factors a user has, and whether they are blocked.",
    output: factors,
    work: async ({ users }, { subject }) => {
      const [{ kinds, failedSinceSuccess, blockedUntil, codesLeft }, known] = await Promise.all([
        users.factorsOf(subject.user),
        users.passkeysOf(subject.user),
      ]);
      const passkeys = known.map(({ id, name, aaguid, since, usedAt }) => ({
        ...{ id, name: name ?? authenticatorName(aaguid), aaguid, addedAt: timeOfSeconds(since) },
        usedAt: usedAt === null ? null : timeOfSeconds(usedAt),
      }));
      const isFrozen = failedSinceSuccess >= users.frozenFrom;
      const state = { wrongCodes: failedSinceSuccess, blockedUntil: timeOrNull(blockedUntil), isFrozen };
      return { body: { kinds: [...kinds], passkeys, ...state, recoveryCodesLeft: codesLeft } };
    },
  }),
  operation({
    ...{ name: "factors.reset", method: "POST", place: USER, path: "/factors/reset" },
    action: "user.reset-authenticator",
    about: "Removes every second factor, ends all sessions, and makes an enrolment code.",
    body: why,
    output: z.strictObject({ enrolmentCode }),
    work: async ({ users }, { by, subject, body: { reason } }) => {
      const result = await users.factors.reset(subject.user, { by, reason });
      if (result.type !== "reset") {
        throw refusedBy(result.type);
      }
      return { body: { enrolmentCode: result.enrolmentCode.reveal() } };
    },
  }),
  operation({
    ...{
      name: "factors.unlock",
      method: "POST",
      place: USER,
      path: "/factors/unlock",
      action: "user.unlock",
    },
    about: "Ends the lockout after wrong codes; they stay counted.",
    body: why,
    work: async ({ users }, { by, subject, body: { reason } }) => {
      const { type } = await users.factors.unlock(subject.user, { by, reason });
      if (type === "frozen") {
        throw new Problem("not-possible-now", { detail: "the factor is frozen: reset it" });
      }
      return type === "unlocked" ? NOTHING : Promise.reject(refusedBy(type));
    },
  }),
  operation({
    ...{ name: "number.get", method: "GET", place: USER, path: "/number", action: "user.see" },
    about: "Reads the mobile number of a user.",
    output: number,
    work: async ({ users }, { subject }) => {
      const found = await users.numberOf(subject.user);
      const { number: known = null, state = null, pendingNumber = null } = found ?? {};
      return { body: { number: known, state, pendingNumber } };
    },
  }),
  operation({
    ...{ name: "number.enter", method: "PUT", place: USER, path: "/number", action: "number.enter" },
    about: "Enters a mobile number, which the user confirms at the next sign-in.",
    body: z.strictObject({ number: z.string().max(50), reason: reasonSchema }),
    work: async ({ users }, { by, subject, body: { number: typed, reason } }) => {
      const wanted = numberIn(subject.office, typed, "number");
      const { type } = await users.factors.enterNumber(subject.user, wanted, { by, reason });
      return type === "set" || type === "unchanged" ? NOTHING : refuse(type);
    },
  }),
  operation({
    ...{ name: "number.delete", method: "DELETE", place: USER, path: "/number", action: "number.delete" },
    about: "Deletes the mobile number. Where it was the last factor, the answer has an enrolment code.",
    query: why,
    output: z.strictObject({ enrolmentCode }),
    work: async ({ users }, { by, subject, query: { reason } }) => {
      const result = await users.factors.deleteNumber(subject.user, { by, reason });
      return result.type === "removed"
        ? { body: { enrolmentCode: result.enrolmentCode?.reveal() ?? null } }
        : refuse(result.type);
    },
  }),
  operation({
    ...{ name: "number.approve", method: "POST", place: USER, path: "/number/approve" },
    action: "number.approve",
    about: "Approves the number that the user has asked for.",
    body: why,
    work: async ({ users }, { by, subject, body: { reason } }) => {
      const { type } = await users.factors.approveNumber(subject.user, { by, reason });
      return type === "approved" ? NOTHING : refuse(type);
    },
  }),
  operation({
    ...{
      name: "number.refuse",
      method: "POST",
      place: USER,
      path: "/number/refuse",
      action: "number.approve",
    },
    about: "Refuses the number that the user has asked for; the old one stays.",
    body: why,
    work: async ({ users }, { by, subject, body: { reason } }) => {
      const { type } = await users.factors.refuseNumber(subject.user, { by, reason });
      return type === "cancelled" ? NOTHING : refuse(type);
    },
  }),
  // After those of this name that are no factor.
  operation({
    ...{ name: "factors.remove", method: "DELETE", place: FACTOR, action: "user.reset-authenticator" },
    about:
      "Removes one method of a user who has others, such as the passkey of a lost device, and ends all sessions.",
    query: why,
    work: async ({ users }, { by, subject: { user, factor }, query: { reason } }) => {
      const help = { by, reason, removed: removedBy(factor) };
      const { type } = await users.factors.removeMethod(user, help);
      if (type === "gone") {
        throw new Problem("not-found");
      }
      if (type === "last") {
        throw new Problem("not-possible-now", {
          detail: "the office accepts no other method of this user: reset",
        });
      }
      return type === "removed" ? NOTHING : Promise.reject(refusedBy(type));
    },
  }),
];

/** Throws the problem of a change that was not made. */
function refuse(type: Refused["type"] | Parameters<typeof refusedBy>[0]): never {
  if (type === "refused") {
    throw new Problem("not-possible-now", { detail: "there is no such number, or it is in another state" });
  }
  throw refusedBy(type);
}
