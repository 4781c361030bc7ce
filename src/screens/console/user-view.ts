import type { ListedEvent } from "../../domain/audit/audit-list-store.ts";
import type { Action } from "../../domain/access/permissions.ts";
import { isSeveral, methodsOf } from "./user-methods.ts";
import { shownNumber } from "../../domain/factors/mobile-number.ts";
import { languageName, type Translate } from "../../kernel/languages.ts";
import { dateTime, longDay, type Reader } from "../../kernel/date-format.ts";
import { shownMail } from "../../kernel/typed-text/typed-mail.ts";
import { deviceName } from "../../platform/web/device-name.ts";
import type { SessionView } from "../../protocol/models/session-overview-store.ts";
import type { UserContext } from "./page.ts";
import { resetAimOf } from "./factor-effects.ts";
import type { SetUpState } from "./set-up-store.ts";
import type { UserStatus } from "./user-status-store.ts";
import { hrefOf, isOwn, may, mayAlone } from "./user-context.ts";

/** The page of one user, in parts: `pages/user.ts` puts them together. */

/** Of at most two words of a name, such as SB for Sanne de Bakker. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => word !== "");
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends
    .map((word) => Array.from(word ?? "").at(0) ?? "")
    .join("")
    .toUpperCase();
}

export function profileOf({ user, t, ...reader }: UserContext, status: UserStatus) {
  return {
    initials: initialsOf(user.name),
    name: user.name,
    username: user.username,
    mail: shownMail(user.mail ?? "") || t("account.mail.none"),
    hasUnprovedMail: status.hasUnprovedMail,
    role: t(`console.role.${user.role}`),
    language: languageName(user.language) ?? t("account.language.office"),
    isActive: user.status === "active",
    since: longDay(user.createdAt, reader),
    lastSignIn: status.lastSignInAt === null ? null : dateTime(status.lastSignInAt, reader).text,
  };
}

const isBlocked = ({ isFrozen, blockedUntil }: UserStatus): boolean => isFrozen || blockedUntil !== null;

/** What the state of the account is, where it is not the usual one. */
export const badgesOf = ({ user, t }: UserContext, status: UserStatus) => [
  ...(user.status === "active" ? [] : [{ kind: "off", text: t("console.status.disabled") }]),
  ...(isBlocked(status) ? [{ kind: "alarm", text: t("console.users.show.blocked") }] : []),
  ...(status.isOverdue ? [{ kind: "calm", text: t("console.users.show.overdue") }] : []),
  ...(status.isInvited ? [{ kind: "", text: t("console.user.invited") }] : []),
];

/** The one thing that waits for the caller's decision, the most urgent first; null for none. */
export function alertOf(
  context: UserContext,
  status: UserStatus,
  { hasRequest, setUp }: { readonly hasRequest: boolean; readonly setUp: SetUpState },
) {
  const { user, t } = context;
  const { pendingNumber, blockedUntil, isFrozen } = status;
  const alert = (key: string, path: string, time = "") => ({
    text: t(`console.user.alert.${key}`, { name: user.name, time }),
    action: t(`console.user.alert.${key}Do`),
    href: hrefOf(context, path),
  });
  if (hasRequest) {
    return alert("request", "/approval");
  }
  if (pendingNumber !== null && mayAlone(context, "number.approve")) {
    return alert("number", "/number/change");
  }
  if (isFrozen && may(context, "user.reset-authenticator")) {
    return alert("frozen", "/reset-authenticator");
  }
  if (blockedUntil !== null && may(context, "user.unlock")) {
    return alert("blocked", "/unlock", dateTime(blockedUntil, context).text);
  }
  const aim = user.status === "active" ? resetAimOf(setUp) : null;
  return aim === null || aim === "reset" || isOwn(context) || !may(context, "user.reset-authenticator")
    ? null
    : alert(aim === "allow" ? "overdue" : "code", "/reset-authenticator");
}

export function securityOf({ office, user, t, ...reader }: UserContext, status: UserStatus) {
  const { number } = user;
  const { blockedUntil, isFrozen, pendingNumber, codesLeft, trusted } = status;
  return {
    methods: methodsOf(status, { t, ...reader }).map(({ name, facts }) => ({ name, facts })),
    number: number === null ? null : shownNumber(number),
    isUnconfirmed: number?.state === "unconfirmed",
    isPending: pendingNumber !== null,
    codesLeft,
    hasFewCodes: status.hasFewCodes,
    isFrozen,
    blockedUntil: blockedUntil === null ? null : dateTime(blockedUntil, reader).text,
    // Null where the office does not allow trusted browsers.
    trusted:
      office.trustedBrowserDays === null
        ? null
        : trusted.length === 0
          ? t("account.none")
          : t("console.user.browsers", {
              count: trusted.length,
              time: dateTime(Math.max(...trusted.map(({ usedAt }) => usedAt)), reader).text,
            }),
  };
}

/** How many there are, and those of one page, the last used first. */
export const sessionsOf = (
  { rows, total }: { readonly rows: readonly SessionView[]; readonly total: number },
  { t, ...reader }: Reader & { readonly t: Translate },
) => ({
  count: total,
  more: total - rows.length,
  rows: rows.map((session) => ({
    name: deviceName(session, t),
    network: session.device?.network ?? null,
    used: dateTime(session.usedAt, reader),
    since: session.signedInAt === null ? null : dateTime(session.signedInAt, reader),
  })),
});

export const eventsOf = (
  events: readonly ListedEvent[],
  { t, ...reader }: Reader & { readonly t: Translate },
) =>
  events.map(({ type, outcome, at }) => ({
    what: t(`audit.type.${type}`),
    badge: outcome === "ok" ? null : { kind: outcome, text: t(`audit.outcome.${outcome}`) },
    at: dateTime(at, reader),
  }));

/**
 * Links to the actions; null without permission. Administrators change their own factors on the account page, which
 * asks for proof.
 */
export function linksOf(context: UserContext, status: UserStatus) {
  const { blockedUntil, trusted, pendingNumber } = status;
  const own = isOwn(context);
  const to = (action: Action, path: string) => (may(context, action) ? hrefOf(context, path) : null);
  const alone = (action: Action, path: string) => (mayAlone(context, action) ? hrefOf(context, path) : null);
  return {
    edit: to("user.edit", "/edit"),
    // Everybody proves a new address of their own on the account page.
    mail: own ? "/account/mail" : null,
    role: to("user.change-role", "/role"),
    status: to("user.disable", "/status"),
    delete: to("user.delete", "/delete"),
    data: to("user.export-data", "/data"),
    removeOne: own || !isSeveral(status) ? null : alone("user.reset-authenticator", "/method"),
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
