import { now } from "../../kernel/clock.ts";
import { z } from "zod";
import { startAgainAt } from "../../domain/applications/application-view.ts";
import { timeOfDay } from "../../platform/web/clock-time.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ForgotPasswordDeps } from "./forgot-password-deps.ts";

/** The two links with which a password is chosen: what they are for, their address, and their texts. */
export const CHOICES = {
  reset: { purpose: "password-reset", path: "/reset-password", texts: "newPassword" },
  invitation: { purpose: "invitation", path: "/invitation", texts: "invitation" },
} as const;

/** Also the name of the cookie that holds the link's token. */
export type Choice = keyof typeof CHOICES;

/** How the choice of a password went, for the page after it. In a signed cookie: nobody can link to such a page. */
const resultSchema = z.object({
  guard: z.enum(["free", "lifted", "blocked", "frozen"]),
  until: z.string().nullable(),
  applicationId: z.string().nullable(),
  officeCode: z.string(),
  /** Where somebody new begins who runs an office. */
  toConsole: z.boolean().default(false),
});
type Result = z.output<typeof resultSchema>;

/** Leaves word for `showDone`. */
export function keepResult(cookies: Cookies, ctx: Context, result: Result): void {
  cookies.write(ctx, "outcome", Buffer.from(JSON.stringify(result)).toString("base64url"));
}

/** Says that the password is changed, what became of a block, and where to sign in. */
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
    untilTime: timeOfDay(until, at, ctx.state.language),
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

/** Back into the sign-in that was left in this browser, else to the application, else to what the office has. */
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
    ? { href: "/console", text: t("newPassword.done.toConsole") }
    : { href: `/o/${officeCode}`, text: t("password.title") };
}
