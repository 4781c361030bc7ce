import type { Context } from "../../platform/web/context.ts";
import { permissionOf } from "../../domain/access/permissions.ts";
import { PASSWORD_LENGTH, type PasswordFault } from "../../domain/credentials/password-rules.ts";
import type { LinkOwner, PasswordLink } from "../../domain/credentials/password-reset.ts";
import { CHOICES, type Choice } from "./choice.ts";
import { keepOutcome } from "./outcome.ts";
import type { ForgotPasswordParts } from "./parts.ts";

/** The page on which the new password is chosen, or the one for every link that does not work. */
export async function showChoosePassword(parts: ForgotPasswordParts, ctx: Context, choice: Choice) {
  const link = linkOf(parts, ctx, choice);
  const owner = link === null ? null : await parts.resets.find(link);
  if (link === null || owner === null) {
    showGone(parts, ctx, choice);
    return;
  }
  await show(parts, ctx, { choice, link, owner, fault: null });
}

/** Answers whether the password was changed; if not, a page is the answer. */
export async function choosePassword(
  parts: ForgotPasswordParts,
  ctx: Context,
  choice: Choice,
): Promise<boolean> {
  const { forms, resets, cookies } = parts;
  const link = linkOf(parts, ctx, choice);
  const fields = await forms.read(ctx, formOf(choice, link));
  const owner = link === null ? null : await resets.find(link);
  if (link === null || owner === null) {
    showGone(parts, ctx, choice);
    return false;
  }
  const completed = await resets.complete(link, fields["newPassword"] ?? "", ctx.state.visitor);
  switch (completed.type) {
    case "gone":
      showGone(parts, ctx, choice);
      return false;
    case "fault":
      await show(parts, ctx, { choice, link, owner, fault: completed.fault });
      return false;
    case "done": {
      const { guard, applicationId } = completed;
      const until = guard.type === "blocked" ? guard.until.toISOString() : null;
      cookies.clear(ctx, choice);
      const { role, office } = owner.account;
      const toConsole = choice === "invitation" && permissionOf(role, "settings.see", "office") !== "never";
      const where = { applicationId, officeCode: office.code, toConsole };
      keepOutcome(cookies, ctx, { guard: guard.type, until, ...where });
      return true;
    }
  }
}

function linkOf({ cookies }: ForgotPasswordParts, ctx: Context, choice: Choice): PasswordLink | null {
  const token = cookies.read(ctx, choice);
  return token === null ? null : { purpose: CHOICES[choice].purpose, token };
}

/** Bound to the link as well: a link that was put into this browser meanwhile gets nobody's new password. */
const formOf = (choice: Choice, link: PasswordLink | null) => `${choice} ${link?.token ?? ""}`;

/** One page for a link that was used, is too old, was replaced or never made. */
function showGone({ renderer }: ForgotPasswordParts, ctx: Context, choice: Choice): void {
  ctx.status = 400;
  const { texts } = CHOICES[choice];
  renderer.page(ctx, "forgot-password/gone", {
    office: null,
    texts,
    ask: "gone.ask",
    askHref: "/forgot-password",
    errors: [],
  });
}

async function show(
  { renderer, forms, offices }: ForgotPasswordParts,
  ctx: Context,
  page: { choice: Choice; link: PasswordLink; owner: LinkOwner; fault: PasswordFault | null },
): Promise<void> {
  const { choice, link, owner, fault } = page;
  const { account } = owner;
  const t = renderer.translate(ctx);
  ctx.status = fault === null ? 200 : 400;
  renderer.page(ctx, "forgot-password/choose", {
    office: await offices.find(account.office.id),
    texts: CHOICES[choice].texts,
    username: account.username,
    values: {},
    errors:
      fault === null ? [] : [{ field: "newPassword", message: t(`newPassword.${fault}`, PASSWORD_LENGTH) }],
    autofocus: "newPassword",
    action: CHOICES[choice].path,
    csrf: forms.token(ctx, formOf(choice, link)),
    ...PASSWORD_LENGTH,
  });
}
