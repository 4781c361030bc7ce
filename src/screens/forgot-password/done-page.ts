import { now } from "../../kernel/clock.ts";
import { z } from "zod";
import { startAgainAt } from "../../domain/applications/application-view.ts";
import { timeOfDay } from "../../kernel/date-format.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ForgotPasswordDeps } from "./forgot-password-deps.ts";

/** The two links that lead to a new password: their purpose, path and texts. */
export const CHOICES = {
  reset: { purpose: "password-reset", path: "/reset-password", texts: "newPassword" },
  invitation: { purpose: "invitation", path: "/invitation", texts: "invitation" },
} as const;

/** Also the name of the cookie that holds the link's token. */
export type Choice = keyof typeof CHOICES;

/**
 * The result of the change, for the page after it. It is in a signed cookie, so that no link can open a faked result
 * page.
 */
const resultSchema = z.object({
  guard: z.enum(["free", "lifted", "blocked", "frozen"]),
  until: z.string().nullable(),
  applicationId: z.string().nullable(),
  officeCode: z.string(),
  username: z.string().default(""),
  /** A new administrator continues in the console. */
  toConsole: z.boolean().default(false),
});
type Result = z.output<typeof resultSchema>;

/** Keeps the result for `showDone`. */
export function keepResult(cookies: Cookies, ctx: Context, result: Result): void {
  cookies.write(ctx, "outcome", Buffer.from(JSON.stringify(result)).toString("base64url"));
}

/** Confirms the new password, says whether the account is still blocked, and links to the sign-in. */
export async function showDone(deps: ForgotPasswordDeps, ctx: Context, choice: Choice): Promise<void> {
  const { renderer, offices } = deps;
  const result = resultOf(deps, ctx);
  const at = now();
  const until = result.until === null ? at : new Date(result.until);
  renderer.page(ctx, "forgot-password/done", {
    office: await offices.findByCode(result.officeCode),
    texts: CHOICES[choice].texts,
    guard: result.guard,
    until: until.toISOString(),
    untilTime: timeOfDay(until, at, ctx.state),
    officeCode: result.officeCode,
    username: result.username,
    // Next time the user begins somewhere, and not on this page.
    signInAddress: choice === "invitation" ? `${ctx.origin}/o/${result.officeCode}` : null,
    way: await nextLinkOf(deps, ctx, result),
  });
}

function resultOf({ cookies }: ForgotPasswordDeps, ctx: Context): Result {
  const kept = cookies.read(ctx, "outcome");
  if (kept === null) {
    throw new PageError("not-found");
  }
  return resultSchema.parse(JSON.parse(Buffer.from(kept, "base64url").toString("utf8")));
}

/**
 * Back to the sign-in that was interrupted in this browser, else to the application, else to the page of the office.
 */
async function nextLinkOf(
  { interruptedSignIns, cookies, applications, renderer }: ForgotPasswordDeps,
  ctx: Context,
  { applicationId, officeCode, toConsole }: Result,
): Promise<{ href: string; text: string }> {
  const t = renderer.translate(ctx);
  const signInTo = (application: string) => t("newPassword.done.signInTo", { application });
  const signIn = await interruptedSignIns.find(cookies.read(ctx, "from"));
  if (signIn !== null) {
    return { href: `/interaction/${signIn.uid}`, text: signInTo(signIn.application.name) };
  }
  const application = applicationId === null ? null : await applications.find(applicationId);
  const again = startAgainAt(application);
  if (again !== null) {
    return { href: again.href, text: signInTo(again.name) };
  }
  return toConsole
    ? { href: `/console?office=${officeCode}`, text: t("newPassword.done.toConsole") }
    : { href: `/o/${officeCode}`, text: t("password.title") };
}
