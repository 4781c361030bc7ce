import type { AcceptedCode, CodeResult, CodeTry } from "../../src/domain/factors/code-try.ts";
import { isEnrolling } from "../../src/domain/factors/code-try.ts";
import { now } from "../../src/kernel/clock.ts";
import type { Queryable } from "../../src/platform/database/database.ts";
import type { Services } from "../../src/server/wiring/services.ts";
import { personOf, VISITOR } from "./mobile-numbers.ts";
import type { TestUser } from "./people.ts";

export const checkCode = (
  { secondFactor }: Services,
  user: TestUser,
  attempt: CodeTry,
): Promise<CodeResult> => secondFactor.codes.check(personOf(user), attempt, VISITOR);

/** Uses a right code up, without a sign-in; false when another request was first. */
export async function spend(
  { secondFactor }: Services,
  user: TestUser,
  { tx, code }: { tx: Queryable; code: AcceptedCode },
): Promise<boolean> {
  if (isEnrolling(code)) {
    await code.liftBlock(tx);
    await code.effect.record(tx);
    return true;
  }
  return (await secondFactor.guard.spend(tx, personOf(user), { code: code.effect.code, at: now() })) !== null;
}

/** Whether a code is right; it stays unused. */
export async function isRight(services: Services, user: TestUser, attempt: CodeTry): Promise<boolean> {
  const result = await checkCode(services, user, attempt);
  await (result.type === "accepted" ? result.release() : undefined);
  return result.type === "accepted";
}
