import { z } from "zod";
import type { Context } from "../../platform/web/context.ts";
import { minutesUntil } from "../../kernel/clock.ts";
import type { ForgotPasswordParts } from "./parts.ts";

const FORM = "which-office-code";
const mailSchema = z.email().max(254);

/** The page on which somebody asks which office code they have. */
export async function showAskOffice(parts: ForgotPasswordParts, ctx: Context): Promise<void> {
  const left = await parts.leftSignIns.find(ctx.query["from"]);
  if (left !== null) {
    parts.cookies.write(ctx, "from", left.uid);
  }
  show(parts, ctx, { mail: "", fault: null, uid: left?.uid ?? null });
}

/** Answers whether it was asked; if not, the page with its fault is the answer. */
export async function askOffice(parts: ForgotPasswordParts, ctx: Context): Promise<boolean> {
  const { reminder, forms, renderer, cookies, clock } = parts;
  const fields = await forms.read(ctx, FORM);
  const mail = (fields["mail"] ?? "").trim();
  const uid = cookies.read(ctx, "from");
  const t = renderer.translate(ctx);
  if (!mailSchema.safeParse(mail).success) {
    show(parts, ctx, { mail, fault: { field: "mail", message: t("whichOffice.invalid") }, uid });
    return false;
  }
  const answer = await reminder.ask({ mail, visitor: ctx.state.visitor });
  if (answer.type === "too-many") {
    const message = t("forgotPassword.tooMany", { minutes: minutesUntil(clock(), answer.until) });
    show(parts, ctx, { mail, fault: { field: null, message }, uid });
    return false;
  }
  return true;
}

function show(
  { renderer, forms }: ForgotPasswordParts,
  ctx: Context,
  page: { mail: string; fault: { field: string | null; message: string } | null; uid: string | null },
): void {
  const { mail, fault, uid } = page;
  ctx.status = fault === null ? 200 : 400;
  renderer.page(ctx, "forgot-password/which-office", {
    office: null,
    values: { mail },
    errors: fault === null ? [] : [fault],
    autofocus: "mail",
    action: "/which-office-code",
    csrf: forms.token(ctx, FORM),
    backHref: uid === null ? null : `/interaction/${uid}`,
  });
}
