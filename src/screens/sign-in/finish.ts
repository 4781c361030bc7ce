import type { Database, Queryable } from "../../platform/database/database.ts";
import { amrOfKind, areResistant, FACTOR_KINDS, FACTORS } from "../../domain/factors/factor.ts";
import { auditWritten } from "../../domain/audit/audit-store.ts";
import { PageError } from "../../kernel/errors.ts";
import { ACR } from "../../protocol/claims.ts";
import type { Login } from "../../protocol/models/finished-login.ts";
import type { TrustedBrowsers } from "../../domain/factors/trusted-browsers.ts";
import type { FamiliarBrowsers } from "../../domain/credentials/familiar-browsers.ts";
import type { NewBrowserReport, NewBrowsers } from "../../domain/credentials/new-browsers.ts";
import type { OfficeLook } from "../../domain/offices/office.ts";
import {
  has,
  hasAcceptedFactor,
  hasKind,
  isByPasskeyAlone,
  isRecovered,
  nextStep,
  skipsFactorByTrust,
} from "./journey.ts";
import type { SignIn } from "./sign-in-state.ts";
import { contactOf } from "./pages/code-outcome.ts";
import { trustDaysOf } from "./pages/challenge.ts";
import type { PageContext } from "./page.ts";
import type { SignInUser } from "./sign-in-row.ts";
import type { Ended, SignInEnd } from "./sign-in-end.ts";
import { signInFinished } from "./sign-in-signals.ts";
import type { SignInStore } from "./sign-in-store.ts";

interface Deps {
  readonly database: Database;
  readonly store: SignInStore;
  readonly familiar: FamiliarBrowsers;
  readonly newBrowsers: NewBrowsers;
  readonly trusted: TrustedBrowsers;
}

/** What a complete sign-in hands to the browser. */
export interface Finished {
  readonly accountId: string;
  /** Tokens of the browser's cookie from now on. */
  readonly browser: readonly string[];
  /** Token that makes this browser trusted from now on; null when it is not trusted, or already was. */
  readonly trust: string | null;
  readonly officeCode: string;
}

/** An end that is not recorded yet. */
export interface Ending {
  readonly end: SignInEnd;
  /** Makes this browser trusted, in the transaction of the end; null where the user has not asked for it. */
  readonly trust: ((tx: Queryable) => Promise<string>) | null;
  readonly finished: (ended: Ended, trust: string | null) => Finished;
}

/** The end of the journey: the result for oidc-provider, and the records that a complete sign-in leaves. */
export class Finish {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Ends a sign-in that is complete without a new fact, for example because the office has lowered its demands. */
  async complete(context: PageContext): Promise<Finished> {
    const { office } = userOf(context).account;
    return this.#deps.database.inOffice(office.id, (tx) => this.record(tx, context));
  }

  /** Ends a sign-in in the transaction of its last fact. A double click gets the same result twice and is audited once. */
  async record(tx: Queryable, context: PageContext): Promise<Finished> {
    const { account } = userOf(context);
    const user = { id: account.id, officeId: account.office.id };
    const { end, trust, finished } = this.prepare(context);
    const ended = await this.#deps.store.end(tx, context.interaction.uid, user, end);
    return finished(ended, ended.isFirst && trust !== null ? await trust(tx) : null);
  }

  /**
   * The end of a sign-in, for a statement that writes it with the last fact. Throws while a step is still due, so that no bug
   * elsewhere can sign a user in past the journey. `look`: of the office, where the context does not know it yet.
   */
  prepare(context: PageContext, look: OfficeLook | null = context.office?.branding ?? null): Ending {
    const due = nextStep(context.signIn);
    if (due !== "done") {
      throw new Error(`The sign-in is not complete: ${due} is due.`);
    }
    const { account } = userOf(context);
    const { familiar, trusted } = this.#deps;
    const { interaction, signIn, visitor } = context;
    const browser = familiar.prepare(context.browser);
    const { code: officeCode } = account.office;
    const methods = methodsOf(signIn);
    return {
      end: {
        login: loginOf(signIn, account.id),
        familiar: browser.row,
        trusted: skipsFactorByTrust(signIn) ? trusted.hashes(context.trust) : [],
        applicationId: interaction.application.id,
        visitor,
        methods,
        report: this.#reportOf(context, look),
      },
      trust: this.#trustOf(context),
      finished: ({ isFirst, replaced }, trust) => {
        if (isFirst) {
          tellFinished({ methods, isTrusted: skipsFactorByTrust(signIn), officeId: account.office.id });
        }
        return { accountId: account.id, browser: browser.keptOf(replaced), trust, officeCode };
      },
    };
  }

  #reportOf({ signIn, user, device }: PageContext, look: OfficeLook | null): NewBrowserReport | null {
    return user !== null && signIn.facts.some(({ isBrowserNew }) => isBrowserNew === true)
      ? this.#deps.newBrowsers.report({ account: user.account, look, device })
      : null;
  }

  /**
   * Trusts the browser if the user asked for it and has proved a factor that the office accepts. A recovery code does
   * not count.
   */
  #trustOf(context: PageContext): Ending["trust"] {
    const { signIn, device, visitor } = context;
    const days = trustDaysOf(context);
    return has(signIn, "trust-wished") && hasAcceptedFactor(signIn) && days !== null
      ? (tx) => this.#deps.trusted.trust(tx, contactOf(context), { days, device, visitor })
      : null;
  }
}

/** The database writes the audit event of a complete sign-in. */
function tellFinished(finished: Parameters<typeof signInFinished.emit>[0]): void {
  auditWritten.emit({ type: "sign-in", outcome: "ok", officeId: finished.officeId });
  signInFinished.emit(finished);
}

function userOf({ user }: PageContext): SignInUser {
  if (user === null) {
    throw new PageError("expired");
  }
  return user;
}

/** The claims of a complete sign-in. */
function loginOf(signIn: SignIn, accountId: string): Login {
  const { facts } = signIn;
  const amr = amrOf(signIn);
  const acrWithoutFactor = skipsFactorByTrust(signIn) ? ACR.trustedBrowser : ACR.password;
  const acr = amr.includes("mfa") ? acrOfFactor(signIn) : acrWithoutFactor;
  // A step-up does not renew the password's auth_time: a client that asks for a fresh sign-in (max_age) still gets one.
  const continued = facts.find(({ type }) => type === "session-continued");
  const authTime = continued?.at ?? Math.max(...facts.map((fact) => fact.at));
  return { accountId, amr, acr, authTime };
}

/** An application that compares with `acr:2` goes on to get it, unless it or the office has demanded more. */
const acrOfFactor = (signIn: SignIn) =>
  areResistant(signIn.accepted) && hasAcceptedFactor(signIn) ? ACR.phishingResistant : ACR.secondFactor;

/** For the audit log: what was proved, with the recovery code, which has no `amr` value. */
const methodsOf = (signIn: SignIn): string[] => [
  ...amrOf(signIn),
  ...(has(signIn, "recovery-code-used") ? ["recovery"] : []),
];

/**
 * Authentication method references (RFC 8176 section 2). A recovery code that signs the user in has none of its own: it is
 * neither `otp` nor `sms`, and with the password makes two. A passkey that stands in for the password is two by itself: the device, and
 * what it has verified its user by.
 */
function amrOf(signIn: SignIn): string[] {
  const hasPassword = has(signIn, "password-proved") || has(signIn, "session-continued");
  const kinds = FACTOR_KINDS.filter((kind) => hasKind(signIn, kind));
  const proved = [
    ...(hasPassword ? ["pwd"] : []),
    ...kinds.map((kind) => amrOfKind(kind, { isSynced: has(signIn, "passkey-synced") })),
  ];
  const isSecond = proved.length > 1 || isByPasskeyAlone(signIn) || (hasPassword && isRecovered(signIn));
  const shown = kinds.some((kind) => FACTORS[kind].showsPresence) ? ["user"] : [];
  return [...proved, ...shown, ...(isSecond ? ["mfa"] : [])];
}
