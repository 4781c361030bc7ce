import type { AuditStore } from "../audit/audit-store.ts";
import type { Database } from "../database/database.ts";
import { FACTOR_AMR } from "../factors/factor.ts";
import { ACR } from "../oidc/claims.ts";
import type { Login } from "../oidc/interactions.ts";
import type { PasswordCheck } from "../users/password-check.ts";
import { nextStep, type Fact, type FactType, type SignIn } from "./journey.ts";
import type { Person, Visit } from "./page.ts";

interface Parts {
  readonly database: Database;
  readonly audit: AuditStore;
  readonly passwords: PasswordCheck;
}

/** The end of the journey: what oidc-provider is told, and what is remembered of a complete sign-in. */
export class Finish {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers the finished sign-in. Throws when a step is still due: nobody is ever signed in by a way around the journey. */
  async complete(visit: Visit, person: Person, browser: string): Promise<Login> {
    const due = nextStep(visit.signIn);
    if (due !== "done") {
      throw new Error(`The sign-in is not complete: ${due} is due.`);
    }
    const { account } = person;
    const { database, audit, passwords } = this.#parts;
    await database.inOffice(account.office.id, async (tx) => {
      await Promise.all([
        passwords.rememberBrowser(tx, { id: account.id, officeId: account.office.id }, browser),
        audit.add(tx, {
          type: "sign-in",
          outcome: "ok",
          officeId: account.office.id,
          actor: account.id,
          subject: account.id,
          applicationId: visit.interaction.application.id,
          visitor: visit.visitor,
          details: { methods: amrOf(visit.signIn.facts).join(" ") },
        }),
      ]);
    });
    return loginOf(visit.signIn, account.id);
  }
}

/** How a complete sign-in reads in tokens. */
function loginOf({ facts }: SignIn, accountId: string): Login {
  const amr = amrOf(facts);
  const acr = amr.includes("mfa") ? ACR.secondFactor : ACR.password;
  return { accountId, amr, acr, authTime: Math.max(...facts.map((fact) => fact.at)) };
}

/** Authentication method references (RFC 8176 section 2). A recovery code is neither `otp` nor a second factor. */
function amrOf(facts: readonly Fact[]): string[] {
  const has = (...types: FactType[]) => facts.some((fact) => types.includes(fact.type));
  const password = has("password-proved") ? ["pwd"] : [];
  const app = has("totp-proved", "totp-enrolled") ? [FACTOR_AMR.totp] : [];
  const sms = has("sms-proved", "sms-enrolled") ? [FACTOR_AMR.sms] : [];
  const both = password.length + app.length + sms.length > 1 ? ["mfa"] : [];
  return [...password, ...app, ...sms, ...both];
}
