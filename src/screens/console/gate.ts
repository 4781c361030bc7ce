import type { RouterContext } from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import { hasProvedFactor } from "../../platform/web/step-up.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { PageError } from "../../kernel/errors.ts";
import { foldOfficeCode, type Office } from "../../domain/offices/office.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { OwnSession, OwnSessions } from "../../protocol/models/own-sessions.ts";
import { mayOpenConsole, type Action, type Permission } from "../../domain/access/permissions.ts";
import { permit, reachesOffice } from "../../domain/access/access.ts";
import { aboutOffice, aboutUser, type Actor, type Target } from "../../domain/access/actor.ts";
import type { ConsoleStore } from "./console-store.ts";
import type { ConsoleVisit, OfficeVisit, PersonVisit } from "./page.ts";
import { UUID } from "../../kernel/random.ts";

type Routed = RouterContext<State>;

interface Parts {
  readonly sessions: OwnSessions;
  readonly offices: OfficeStore;
  readonly store: ConsoleStore;
  readonly renderer: Renderer;
}

/** Who stands at the door: nobody, somebody without a factor, somebody who has no business here, or staff. */
export type Caller =
  | { readonly type: "stranger" }
  | { readonly type: "without-factor"; readonly session: OwnSession }
  | { readonly type: "no-staff"; readonly session: OwnSession }
  | { readonly type: "staff"; readonly session: OwnSession; readonly actor: Actor };

/** A visit, and what the table says of it. */
export interface Admitted<Visit extends ConsoleVisit> {
  readonly visit: Visit;
  readonly permission: Permission;
}

/**
 * Finds out who somebody is, what they ask about, and whether they may. Person, role and office are read at every
 * click, and never from the request: a role that was taken away a moment ago is gone.
 */
export class Gate {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async caller(ctx: Routed): Promise<Caller> {
    const session = await this.#parts.sessions.current(ctx);
    if (session === null) {
      return { type: "stranger" };
    }
    const { id, role, office } = session.account;
    if (!mayOpenConsole(role)) {
      return { type: "no-staff", session };
    }
    return hasProvedFactor(session)
      ? { type: "staff", session, actor: { id, officeId: office.id, role } }
      : { type: "without-factor", session };
  }

  platform(ctx: Routed, caller: Staff, action: Action): Promise<Admitted<ConsoleVisit>> {
    const target = { officeId: null, person: null };
    return Promise.resolve(admitted(caller, action, this.#visit(ctx, caller, target)));
  }

  /** Throws PageError "not-found" for an office that is unknown, and in the same words for one that is another's. */
  async office(ctx: Routed, caller: Staff, action: Action): Promise<Admitted<OfficeVisit>> {
    const office = await this.#office(ctx, caller.actor);
    const target = aboutOffice(office);
    return admitted(caller, action, { ...this.#visit(ctx, caller, target), office });
  }

  /** Throws PageError "not-found" for a person that is unknown, and in the same words for one of another office. */
  async person(ctx: Routed, caller: Staff, action: Action): Promise<Admitted<PersonVisit>> {
    const office = await this.#office(ctx, caller.actor);
    const id = ctx.params["person"] ?? "";
    const person = UUID.test(id) ? await this.#parts.store.findPerson(office.id, id) : null;
    if (person === null) {
      throw new PageError("not-found");
    }
    const target = aboutUser({ ...person, officeId: office.id });
    return admitted(caller, action, { ...this.#visit(ctx, caller, target), office, person });
  }

  async #office(ctx: Routed, actor: Actor): Promise<Office> {
    const code = foldOfficeCode(ctx.params["office"] ?? "");
    const office = await this.#parts.offices.findByCode(code);
    if (office === null || !reachesOffice(actor, office.id)) {
      throw new PageError("not-found");
    }
    return office;
  }

  #visit(ctx: Routed, { session, actor }: Staff, target: Target): ConsoleVisit {
    return {
      session,
      actor,
      target,
      params: ctx.params,
      query: ctx.query,
      visitor: ctx.state.visitor,
      t: this.#parts.renderer.translate(ctx),
      language: ctx.state.language,
    };
  }
}

export type Staff = Extract<Caller, { type: "staff" }>;

const admitted = <Visit extends ConsoleVisit>(
  { actor }: Staff,
  action: Action,
  visit: Visit,
): Admitted<Visit> => ({ visit, permission: permit(actor, action, visit.target) });
