import type { Context } from "../../platform/web/context.ts";
import type { Fields } from "../../platform/web/form.ts";
import type { FieldError } from "../../platform/web/page-kit.ts";
import { minutesUntil } from "../../kernel/clock.ts";
import type { ForgotPasswordParts } from "./parts.ts";

const FORM = "forgot-password";

/** The page on which somebody asks for a link; filled in with what the sign-in they left knows already. */
export async function showAskLink(parts: ForgotPasswordParts, ctx: Context): Promise<void> {
  const { leftSignIns, cookies } = parts;
  const left = await leftSignIns.find(ctx.query["from"]);
  if (left !== null) {
    cookies.write(ctx, "from", left.uid);
  }
  const officeCode = left?.officeCode ?? "";
  const values = {
    officeCode: officeCode === "" ? (cookies.read(ctx, "office") ?? "") : officeCode,
    username: left?.username ?? "",
  };
  await show(parts, ctx, { values, errors: [], uid: left?.uid ?? null });
}

/** Answers whether a link was asked for; if not, the page with its faults is the answer. */
export async function askLink(parts: ForgotPasswordParts, ctx: Context): Promise<boolean> {
  const { links, forms, renderer, clock, cookies, leftSignIns } = parts;
  const fields = await forms.read(ctx, FORM);
  const t = renderer.translate(ctx);
  const values = { officeCode: fields["officeCode"] ?? "", username: fields["username"] ?? "" };
  const uid = cookies.read(ctx, "from");
  const missing = missingFields(values, t);
  if (missing.length > 0) {
    await show(parts, ctx, { values, errors: missing, uid });
    return false;
  }
  const left = await leftSignIns.find(uid);
  const { visitor } = ctx.state;
  const answer = await links.ask({ ...values, applicationId: left?.application.id ?? null, visitor });
  if (answer.type === "too-many") {
    const message = t("forgotPassword.tooMany", { minutes: minutesUntil(clock(), answer.until) });
    await show(parts, ctx, { values, errors: [{ field: null, message }], uid });
    return false;
  }
  return true;
}

function missingFields(values: Fields, t: (key: string) => string): FieldError[] {
  return ["officeCode", "username"]
    .filter((field) => (values[field] ?? "").trim() === "")
    .map((field) => ({ field, message: t(`password.${field}.required`) }));
}

async function show(
  { renderer, forms, offices, cookies }: ForgotPasswordParts,
  ctx: Context,
  page: {
    values: { officeCode: string; username: string };
    errors: readonly FieldError[];
    uid: string | null;
  },
): Promise<void> {
  const { values, errors, uid } = page;
  const remembered = cookies.read(ctx, "office");
  ctx.status = errors.length === 0 ? 200 : 400;
  renderer.page(ctx, "forgot-password/ask", {
    office: remembered === null ? null : await offices.findByCode(remembered),
    values,
    errors,
    autofocus: values.officeCode === "" ? "officeCode" : "username",
    action: "/forgot-password",
    csrf: forms.token(ctx, FORM),
    backHref: uid === null ? null : `/interaction/${uid}`,
    whichOfficeHref: uid === null ? "/which-office-code" : `/which-office-code?from=${uid}`,
  });
}
