import { factorText } from "../../../domain/factors/factor.ts";
import { languageName } from "../../../kernel/languages.ts";
import { shownNumber } from "../../../domain/factors/mobile-number.ts";
import { dateTime } from "../../../kernel/date-format.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import type { Action } from "../../../domain/access/permissions.ts";
import type { UserPage, UserContext } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { UserStatus } from "../user-status-store.ts";
import { hrefOf, isOwn, may, mayAlone, tabsOf } from "../user-context.ts";
import { shownMail } from "../../../kernel/typed-text/typed-mail.ts";

/**
 * Settings → Users → Edit → General: the user's data and sign-in methods, with links to the actions that the caller may
 * take.
 */
export function userPage({ userDeps }: ConsoleDeps): UserPage {
  return {
    name: "user",
    about: "user",
    path: "",
    action: "user.see",
    trail: ["settings", "users"],
    show: async (context) => {
      const { office, user } = context;
      const seconds = epochSeconds(now());
      const status = await userDeps.status.find(office.id, user.id, seconds);
      const hasRequest =
        may(context, "approval.decide") &&
        (await userDeps.approvals.waitingFor({ id: user.id, officeId: office.id })) !== null;
      return {
        view: "user",
        model: {
          tabs: tabsOf(context, "general"),
          user: { ...factsOf(context), hasUnprovedMail: status.hasUnprovedMail },
          proof: proofOf(context, status),
          trusted: trustedOf(context, status),
          hrefs: { ...hrefsOf(context, status), request: hasRequest ? hrefOf(context, "/approval") : null },
          isOwn: isOwn(context),
        },
      };
    },
  };
}

function factsOf({ user, t, ...reader }: UserContext) {
  return {
    name: user.name,
    username: user.username,
    mail: shownMail(user.mail ?? "") || t("account.none"),
    role: t(`console.role.${user.role}`),
    language: languageName(user.language) ?? t("account.language.office"),
    isActive: user.status === "active",
    since: dateTime(user.createdAt, reader).text,
  };
}

function proofOf({ user, t, ...reader }: UserContext, status: UserStatus) {
  const { number, methods } = user;
  const { blockedUntil, isFrozen, pendingNumber, codesLeft, lastSignInAt } = status;
  return {
    methods: methods.map((kind) => t(factorText(kind, "label"))),
    number: number === null ? null : shownNumber(number),
    isUnconfirmed: number?.state === "unconfirmed",
    pending: pendingNumber,
    codesLeft,
    hasFewCodes: status.hasFewCodes,
    isFrozen,
    blockedUntil: blockedUntil === null ? null : dateTime(blockedUntil, reader).text,
    lastSignIn: lastSignInAt === null ? null : dateTime(lastSignInAt, reader).text,
  };
}

/** Null where the office does not allow trusted browsers. */
function trustedOf({ office, t, ...reader }: UserContext, { trusted }: UserStatus): string | null {
  if (office.trustedBrowserDays === null) {
    return null;
  }
  const last = Math.max(...trusted.map(({ usedAt }) => usedAt));
  return trusted.length === 0
    ? t("account.none")
    : t("console.user.browsers", { count: trusted.length, time: dateTime(last, reader).text });
}

/**
 * Links to the actions; null without permission. Administrators change their own factors on the account page, which
 * asks for proof.
 */
function hrefsOf(context: UserContext, { pendingNumber, blockedUntil, trusted }: UserStatus) {
  const own = isOwn(context);
  const to = (action: Action, path: string) => (may(context, action) ? hrefOf(context, path) : null);
  const alone = (action: Action, path: string) => (mayAlone(context, action) ? hrefOf(context, path) : null);
  return {
    edit: to("user.edit", "/edit"),
    mail: own ? "/account/mail" : alone("user.edit-mail", "/edit"),
    role: to("user.change-role", "/role"),
    status: to("user.disable", "/status"),
    method: own ? "/account/method" : to("user.reset-authenticator", "/reset-authenticator"),
    codes: own ? "/account/recovery-codes" : null,
    number: own ? "/account/number" : alone("number.enter", "/number"),
    pending: pendingNumber === null ? null : alone("number.approve", "/number/change"),
    unlock: blockedUntil === null ? null : to("user.unlock", "/unlock"),
    password: own ? "/account/password" : to("user.send-password-link", "/password-link"),
    sessions: own ? "/account/sessions" : to("user.end-sessions", "/end-sessions"),
    trust: own ? "/account/sessions" : trusted.length === 0 ? null : to("user.end-trust", "/end-trust"),
  };
}
