import { factorText } from "../../../domain/factors/factor.ts";
import { languageName } from "../../../kernel/languages.ts";
import { unbrokenMask } from "../../../domain/factors/mobile-number.ts";
import { when } from "../../../platform/web/when.ts";
import { epochSeconds, now } from "../../../kernel/clock.ts";
import type { Action } from "../../../domain/access/permissions.ts";
import type { PersonPage, PersonVisit } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import type { PersonStanding } from "../person-standing-store.ts";
import { hrefOf, isOwn, may, mayAlone, tabsOf } from "../person-visit.ts";

/** Settings → Users → Edit → General: who somebody is, how they prove it, and what may be done about it. */
export function userPage({ people }: ConsoleDeps): PersonPage {
  return {
    name: "user",
    about: "person",
    path: "",
    action: "user.see",
    trail: ["settings", "users"],
    show: async (visit) => {
      const { office, person } = visit;
      const seconds = epochSeconds(now());
      const standing = await people.standing.find(office.id, person.id, seconds);
      return {
        view: "user",
        model: {
          tabs: tabsOf(visit, "general"),
          user: factsOf(visit),
          proof: proofOf(visit, standing),
          trusted: trustedOf(visit, standing),
          hrefs: hrefsOf(visit, standing),
          isOwn: isOwn(visit),
        },
      };
    },
  };
}

function factsOf({ person, t, language }: PersonVisit) {
  return {
    name: person.name,
    username: person.username,
    mail: person.mail ?? t("account.none"),
    role: t(`console.role.${person.role}`),
    language: languageName(person.language) ?? t("account.language.office"),
    isActive: person.status === "active",
    since: when(person.createdAt, language).text,
  };
}

function proofOf({ person, t, language }: PersonVisit, standing: PersonStanding) {
  const { number, methods } = person;
  const { blockedUntil, isFrozen, pendingNumber, codesLeft, lastSignInAt } = standing;
  return {
    methods: methods.map((kind) => t(factorText(kind, "label"))),
    number: number === null ? null : unbrokenMask(number.number),
    isUnconfirmed: number?.state === "unconfirmed",
    pending: pendingNumber,
    codesLeft,
    hasFewCodes: standing.hasFewCodes,
    isFrozen,
    blockedUntil: blockedUntil === null ? null : when(blockedUntil, language).text,
    lastSignIn: lastSignInAt === null ? null : when(lastSignInAt, language).text,
  };
}

/** Null where the office lets nobody trust a browser. */
function trustedOf({ office, t, language }: PersonVisit, { trusted }: PersonStanding): string | null {
  if (office.trustedBrowserDays === null) {
    return null;
  }
  const last = Math.max(...trusted.map(({ usedAt }) => usedAt));
  return trusted.length === 0
    ? t("account.none")
    : t("console.user.browsers", { count: trusted.length, time: when(last, language).text });
}

/** Where each of it is changed; null for what this visit may not. What is one's own is proved on the account page. */
function hrefsOf(visit: PersonVisit, { pendingNumber, blockedUntil, trusted }: PersonStanding) {
  const own = isOwn(visit);
  const to = (action: Action, path: string) => (may(visit, action) ? hrefOf(visit, path) : null);
  const alone = (action: Action, path: string) => (mayAlone(visit, action) ? hrefOf(visit, path) : null);
  return {
    edit: to("user.edit", "/edit"),
    mail: own ? "/account/mail" : to("user.edit-mail", "/edit"),
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
    request: to("superuser-reset.approve", "/reset-request"),
  };
}
