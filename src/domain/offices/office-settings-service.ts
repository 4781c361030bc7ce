import type { FactorStatusStore } from "../factors/factor-status-store.ts";
import { FACTORS, type FactorKind } from "../factors/factor.ts";
import { RESISTANT_ROLES } from "../factors/phishing-resistance.ts";
import { denialOf, type Denial } from "../access/access.ts";
import { aboutOffice, type Actor } from "../access/actor.ts";
import { canMeetResistance, staffFaultOf, type Office, type StaffFault } from "./office.ts";
import type { OfficeChange, OfficeService } from "./office-service.ts";
import {
  actionsOf,
  demandsMore,
  demandsMoreResistance,
  withSettings,
  type OfficeSettings,
} from "./office-settings.ts";

interface Deps {
  readonly offices: OfficeService;
  readonly factorStatus: FactorStatusStore;
}

export type SettingsResult =
  | OfficeChange
  /**
   * `no-own-factor`: an administrator who makes it mandatory needs a confirmed factor that the office will accept. `no-resistant-method`:
   * the office accepts no factor that resists phishing, and demands one.
   */
  | { readonly type: "unchanged" | "no-own-factor" | "no-resistant-method" | Denial }
  /** The platform's staff cannot have less than a second factor at each sign-in. */
  | { readonly type: "staff-rule"; readonly fault: StaffFault };

/** Changes of an office by its administrators. */
export class OfficeSettingsService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `office` as it was read just now; the settings name the version that their author saw. */
  async change(office: Office, settings: OfficeSettings, by: Actor): Promise<SettingsResult> {
    const denials = actionsOf(settings).map((action) => denialOf(by, action, aboutOffice(office)));
    const denial = denials.find((found) => found !== null) ?? null;
    if (denial !== null) {
      return { type: denial };
    }
    if (office.isPurged) {
      return { type: "not-permitted" };
    }
    const wanted = withSettings(office, settings);
    // First of all, so that a second click of the same button is no conflict.
    if (isSame(office, wanted)) {
      return { type: "unchanged" };
    }
    const fault = staffFaultOf(wanted);
    if (fault !== null) {
      return { type: "staff-rule", fault };
    }
    if (!canMeetResistance(wanted)) {
      return { type: "no-resistant-method" };
    }
    const hasFactors = await Promise.all(
      methodsToHave(office, wanted, by).map((methods) => this.#hasOneOf(methods, wanted, by)),
    );
    if (hasFactors.includes(false)) {
      return { type: "no-own-factor" };
    }
    return this.#deps.offices.change(wanted, by.id);
  }

  /** Ends every session, token and link of its users; none can sign in until it is reopened. */
  close(office: Office, by: Actor): Promise<SettingsResult> {
    return this.#setStatus(office, "closed", by);
  }

  open(office: Office, by: Actor): Promise<SettingsResult> {
    return this.#setStatus(office, "open", by);
  }

  async #setStatus(office: Office, status: Office["status"], by: Actor): Promise<SettingsResult> {
    const denial = denialOf(by, "office.close", aboutOffice(office));
    if (denial !== null) {
      return { type: denial };
    }
    // What was deleted does not come back.
    if (office.isPurged) {
      return { type: "not-permitted" };
    }
    return office.status === status
      ? { type: "unchanged" }
      : this.#deps.offices.change({ ...office, status }, by.id);
  }

  /**
   * The operator, and support in an office of others, prove theirs elsewhere and are not in the office; an application has none, and locks
   * no one out of itself.
   */
  async #hasOneOf(methods: readonly FactorKind[], { id: officeId }: Office, by: Actor): Promise<boolean> {
    if (by.officeId !== officeId || by.role === "application") {
      return true;
    }
    const { kinds } = await this.#deps.factorStatus.find({ id: by.id, officeId });
    return kinds.some((kind) => methods.includes(kind));
  }
}

const resistantOf = ({ secondFactor }: Office): readonly FactorKind[] =>
  secondFactor.methods.filter((kind) => FACTORS[kind].resistsPhishing);

/** The sets of methods of each of which an administrator has one who demands more of the office than before. */
function methodsToHave(before: Office, after: Office, { role }: Actor): (readonly FactorKind[])[] {
  const { of } = after.phishingResistance;
  const isResistant =
    demandsMoreResistance(before.phishingResistance, after.phishingResistance) &&
    RESISTANT_ROLES[of].some((one) => one === role);
  return [
    ...(demandsMore(before.secondFactor, after.secondFactor) ? [after.secondFactor.methods] : []),
    ...(isResistant ? [resistantOf(after)] : []),
  ];
}

/** Dates are compared by value. The version is not part of the content. */
const isSame = (one: Office, other: Office): boolean =>
  JSON.stringify({ ...one, version: 0 }) === JSON.stringify({ ...other, version: 0 });
