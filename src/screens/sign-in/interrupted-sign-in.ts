import type { Application } from "../../domain/applications/application.ts";
import { foldOfficeCode, type Office } from "../../domain/offices/office.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import { looksLikeUid, type Interactions } from "../../protocol/interactions.ts";
import { readLoginHint } from "./login-hint.ts";
import type { SignInStore } from "./sign-in-store.ts";

/** A sign-in that the user has left for another page. */
export interface InterruptedSignIn {
  readonly uid: string;
  readonly application: Application;
  /** Empty while unknown. */
  readonly officeCode: string;
  /** What its pages may look like: the application's own office, or after a correct password that of the account. */
  readonly office: Office | null;
  /** Empty while unknown. After a correct password, the username of that account. */
  readonly username: string;
}

/** Finds a sign-in by its uid, which is from the browser's own cookie: what it answers is for that browser alone. */
export class InterruptedSignIns {
  readonly #interactions: Interactions;
  readonly #store: SignInStore;
  readonly #offices: OfficeStore;

  constructor(deps: { interactions: Interactions; store: SignInStore; offices: OfficeStore }) {
    this.#interactions = deps.interactions;
    this.#store = deps.store;
    this.#offices = deps.offices;
  }

  /** Null for anything but the uid of a sign-in. */
  async find(uid: unknown): Promise<InterruptedSignIn | null> {
    if (typeof uid !== "string" || !looksLikeUid(uid)) {
      return null;
    }
    const [request, { user, office }] = await Promise.all([
      this.#interactions.findRequestOf(uid),
      this.#store.findAnywhere(uid),
    ]);
    if (request === null) {
      return null;
    }
    const { application, params } = request;
    if (user !== null) {
      const { username } = user.account;
      return { uid, application, officeCode: user.account.office.code, office, username };
    }
    const pinned = application.officeId === null ? null : await this.#offices.find(application.officeId);
    const asked = textOf(params["office"]);
    const fixedCode = pinned?.code ?? (asked === "" ? null : foldOfficeCode(asked));
    const hinted = readLoginHint(request, fixedCode);
    const officeCode = fixedCode ?? hinted.officeCode ?? "";
    return { uid, application, officeCode, office: pinned, username: hinted.username };
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.slice(0, 100) : "");
