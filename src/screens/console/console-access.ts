import type { RouterContext } from "@koa/router";
import type { State } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { preferZone } from "../../platform/web/time-zone.ts";
import { hasProvedFactor } from "../../platform/web/step-up.ts";
import type { Renderer } from "../../platform/web/render.ts";
import { PageError } from "../../kernel/errors.ts";
import { foldOfficeCode, type Office } from "../../domain/offices/office.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { OwnSession, OwnSessions } from "../../protocol/models/own-sessions.ts";
import { helperOf } from "../../domain/users/helper.ts";
import { mayOpenConsole, type Action, type Permission } from "../../domain/access/permissions.ts";
import { permit, reachesOffice } from "../../domain/access/access.ts";
import { aboutOffice, aboutUser, type Actor, type Target } from "../../domain/access/actor.ts";
import type { ConsoleStore } from "./console-store.ts";
import type { ConsoleContext, OfficeContext, UserContext } from "./page.ts";
import { UUID } from "../../kernel/random.ts";

type Routed = RouterContext<State>;

interface Deps {
  readonly sessions: OwnSessions;
  readonly offices: OfficeStore;
  readonly store: ConsoleStore;
  readonly renderer: Renderer;
  readonly cookies: Cookies;
}

/** The caller: signed out, without a second factor, without a role of the console, or staff. */
export type Caller =
  | { readonly type: "signed-out" }
  | { readonly type: "without-factor"; readonly session: OwnSession }
  | { readonly type: "not-staff"; readonly session: OwnSession }
  | { readonly type: "staff"; readonly session: OwnSession; readonly actor: Actor };

/** The context of a request, and what the table of permissions says about it. */
export interface Admitted<Context extends ConsoleContext> {
  readonly context: Context;
  readonly permission: Permission;
}

/**
 * Identifies the caller and the target, and checks the permission. User, role and office are read from the database at
 * every request, so that a revoked role is gone at once.
 */
export class ConsoleAccess {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async caller(ctx: Routed): Promise<Caller> {
    const session = await this.#deps.sessions.current(ctx);
    if (session === null) {
      return { type: "signed-out" };
    }
    const { id, role, office, timeZone } = session.account;
    preferZone(ctx, this.#deps.cookies, { own: timeZone, office: office.timeZone });
    ctx.state.helper = helperOf(session.account);
    if (!mayOpenConsole(role)) {
      return { type: "not-staff", session };
    }
    return hasProvedFactor(session)
      ? { type: "staff", session, actor: { id, officeId: office.id, role } }
      : { type: "without-factor", session };
  }

  platform(ctx: Routed, caller: Staff, action: Action): Promise<Admitted<ConsoleContext>> {
    const target = { officeId: null, user: null };
    return Promise.resolve(admitted(caller, action, this.#contextOf(ctx, caller, target)));
  }

  /**
   * Throws the same PageError "not-found" for an unknown office and for one that the caller may not see: it must not
   * reveal which codes exist.
   */
  async office(ctx: Routed, caller: Staff, action: Action): Promise<Admitted<OfficeContext>> {
    const office = await this.#office(ctx, caller.actor);
    const target = aboutOffice(office);
    return admitted(caller, action, { ...this.#contextOf(ctx, caller, target), office });
  }

  /** Throws the same PageError "not-found" for an unknown user and for one of another office. */
  async user(ctx: Routed, caller: Staff, action: Action): Promise<Admitted<UserContext>> {
    const office = await this.#office(ctx, caller.actor);
    const id = ctx.params["user"] ?? "";
    const user = UUID.test(id) ? await this.#deps.store.findUser(office.id, id) : null;
    if (user === null) {
      throw new PageError("not-found");
    }
    const target = aboutUser({ ...user, officeId: office.id });
    return admitted(caller, action, { ...this.#contextOf(ctx, caller, target), office, user });
  }

  async #office(ctx: Routed, actor: Actor): Promise<Office> {
    const code = foldOfficeCode(ctx.params["office"] ?? "");
    const office = await this.#deps.offices.findByCode(code);
    if (office === null || !reachesOffice(actor, office.id)) {
      throw new PageError("not-found");
    }
    return office;
  }

  #contextOf(ctx: Routed, { session, actor }: Staff, target: Target): ConsoleContext {
    return {
      session,
      actor,
      target,
      params: ctx.params,
      query: ctx.query,
      visitor: ctx.state.visitor,
      t: this.#deps.renderer.translate(ctx),
      language: ctx.state.language,
      zone: ctx.state.zone,
    };
  }
}

export type Staff = Extract<Caller, { type: "staff" }>;

const admitted = <Context extends ConsoleContext>(
  { actor }: Staff,
  action: Action,
  context: Context,
): Admitted<Context> => ({ context, permission: permit(actor, action, context.target) });
