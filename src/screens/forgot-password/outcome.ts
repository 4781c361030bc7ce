import { z } from "zod";
import { startAgainAt } from "../kit/application-view.ts";
import { clockTime } from "../../platform/web/clock-time.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { PageError } from "../../kernel/errors.ts";
import { CHOICES, type Choice } from "./choice.ts";
import type { ForgotPasswordParts } from "./parts.ts";

/** How the choice of a password went, for the page after it. In a signed cookie: nobody can link to such a page. */
const outcomeSchema = z.object({
  guard: z.enum(["free", "lifted", "blocked", "frozen"]),
  until: z.string().nullable(),
  applicationId: z.string().nullable(),
  officeCode: z.string(),
  /** Where somebody new begins who runs an office. */
  toConsole: z.boolean().default(false),
});
type Completed = z.output<typeof outcomeSchema>;

/** Leaves word for `showOutcome`. */
export function keepOutcome(cookies: Cookies, ctx: Context, outcome: Completed): void {
  cookies.write(ctx, "outcome", Buffer.from(JSON.stringify(outcome)).toString("base64url"));
}

/** Says that the password is changed, what became of a block, and where to sign in. */
export async function showOutcome(parts: ForgotPasswordParts, ctx: Context, choice: Choice): Promise<void> {
  const { renderer, offices, clock } = parts;
  const outcome = outcomeOf(parts, ctx);
  const now = clock();
  const until = outcome.until === null ? now : new Date(outcome.until);
  renderer.page(ctx, "forgot-password/done", {
    office: await offices.findByCode(outcome.officeCode),
    texts: CHOICES[choice].texts,
    guard: outcome.guard,
    until: until.toISOString(),
    untilTime: clockTime(until, now, ctx.state.language),
    way: await wayOf(parts, ctx, outcome),
    errors: [],
  });
}

function outcomeOf({ cookies }: ForgotPasswordParts, ctx: Context): Completed {
  const kept = cookies.read(ctx, "outcome");
  if (kept === null) {
    throw new PageError("not-found");
  }
  return outcomeSchema.parse(JSON.parse(Buffer.from(kept, "base64url").toString("utf8")));
}

/** Back into the sign-in that was left in this browser, else to the application, else to what the office has. */
async function wayOf(
  { leftSignIns, cookies, applications, renderer }: ForgotPasswordParts,
  ctx: Context,
  { applicationId, officeCode, toConsole }: Completed,
): Promise<{ href: string; text: string }> {
  const t = renderer.translate(ctx);
  const signInTo = (application: string) => t("newPassword.done.signInTo", { application });
  const left = await leftSignIns.find(cookies.read(ctx, "from"));
  if (left !== null) {
    return { href: `/interaction/${left.uid}`, text: signInTo(left.application.name) };
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
