import { readBrowser } from "../../platform/web/browser-cookie.ts";
import type { Context } from "../../platform/web/context.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import { deviceOf } from "../../protocol/user-agent.ts";
import type { Translate } from "../../kernel/languages.ts";
import { homeOf } from "../../kernel/home.ts";
import { readTrust } from "./trust-cookie.ts";
import { foldOfficeCode, type Office } from "../../domain/offices/office.ts";
import type { ShownOffices } from "../../domain/offices/shown-offices.ts";
import type { Interaction } from "../../protocol/interactions.ts";
import { withRequestedFactor } from "./requested-factor.ts";
import type { PageContext } from "./page.ts";
import type { StoredSignIn } from "./sign-in-row.ts";
import type { FactType } from "./sign-in-state.ts";
import type { CodeTry } from "../../domain/factors/code-try.ts";
import type { PasskeyChallenges } from "../../domain/factors/passkeys/passkey-challenges.ts";
import type { SecondFactorCheck } from "../../domain/factors/second-factor-check.ts";
import { now } from "../../kernel/clock.ts";
import type { SignInStore } from "./sign-in-store.ts";

interface Deps {
  readonly store: SignInStore;
  readonly offices: ShownOffices;
  readonly cookies: Cookies;
  readonly codes: SecondFactorCheck;
  readonly challenges: PasskeyChallenges;
}

type Found = { readonly stored: StoredSignIn } & Pick<PageContext, "tried" | "challenge">;

const NOTHING = { tried: null, challenge: null } as const;

/** A code that a form sends. */
export interface AskedCode {
  readonly attempt: CodeTry;
  /** The facts of the step of its page. */
  readonly proves: readonly FactType[];
}

/** Builds the context of a request: the interaction, the sign-in so far, the browser's cookies and the office. */
export class PageContexts {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `asked`: the code of the form that is sent, and its page; or that the page asks for a passkey; null for everything else. */
  async contextOf(
    ctx: Context,
    {
      interaction,
      t,
      asked,
    }: { interaction: Interaction; t: Translate; asked: AskedCode | "challenge" | null },
  ): Promise<PageContext> {
    const { cookies } = this.#deps;
    const rememberedOffice = cookies.read(ctx, "office");
    const trust = readTrust(ctx, cookies);
    const home = ctx.state.signInHome ?? knownHome(interaction);
    const { stored, tried, challenge } = await this.#find({ uid: interaction.uid, home, trust }, asked);
    const pinned = await this.#pinnedOffice(interaction, stored.office);
    const fixedOfficeCode = fixedCode(interaction, pinned);
    return {
      ...stored,
      tried,
      challenge,
      signIn: withRequestedFactor(interaction, stored.signIn),
      interaction,
      home,
      keepHome: (kept) => {
        ctx.state.signInHome = kept;
      },
      fixedOfficeCode,
      rememberedOffice,
      office: pinned ?? stored.office ?? (await this.#byCode(knownCode(fixedOfficeCode, rememberedOffice))),
      visitor: ctx.state.visitor,
      browser: readBrowser(ctx, cookies),
      trust,
      device: deviceOf(ctx),
      isUnseen: ctx.method === "HEAD" || isPrefetch(ctx),
      t,
      language: ctx.state.language,
      zone: ctx.state.zone,
    };
  }

  async #find(
    { home, ...key }: { uid: string; home: number | null; trust: readonly string[] },
    asked: AskedCode | "challenge" | null,
  ): Promise<Found> {
    const { store, codes, challenges } = this.#deps;
    if (asked === null || home === null) {
      return { ...NOTHING, stored: await store.find({ ...key, home }) };
    }
    if (asked === "challenge") {
      return { ...NOTHING, ...(await store.findAsking({ ...key, home }, challenges.prepare(key.uid))) };
    }
    const prepared = codes.prepare(asked.attempt);
    const json = codes.tryJson(prepared, now());
    const { stored, reservation } = await codes.reserving(
      () => store.findTrying({ ...key, home }, { json, proves: asked.proves }),
      () => store.giveBackTry(key.uid, { home, tried: prepared.tried.id }),
    );
    return { ...NOTHING, stored, tried: { prepared, reservation } };
  }

  /** The office of the application. `known`: the user's, which is the same one, read with the sign-in. */
  async #pinnedOffice({ application }: Interaction, known: Office | null): Promise<Office | null> {
    const { officeId } = application;
    if (officeId === null) {
      return null;
    }
    return known?.id === officeId ? known : this.#deps.offices.find(officeId);
  }

  async #byCode(code: string | null): Promise<Office | null> {
    return code === null ? null : this.#deps.offices.findByCode(foldOfficeCode(code));
  }
}

/** Also without the browser's cookie: of a session that is continued, and of an application of one office. */
function knownHome({ application, continues }: Interaction): number | null {
  const id = continues?.accountId ?? application.officeId;
  return id === null ? null : homeOf(id);
}

/** Browsers mark the requests with which they load a page in advance. */
const isPrefetch = (ctx: Context): boolean =>
  [ctx.get("Sec-Purpose"), ctx.get("Purpose"), ctx.get("X-Moz")].some((purpose) =>
    /prefetch|prerender/i.test(purpose),
  );

/**
 * The office that may be shown before the password: the one that this browser has seen on its deep link or signed in to. A
 * request can name any code, and the page would tell strangers which offices exist and what they are called.
 */
const knownCode = (fixed: string | null, remembered: string | null): string | null =>
  fixed === null || fixed === remembered ? remembered : null;

/** The office of the application takes precedence over the one in the request. */
function fixedCode({ params }: Interaction, pinned: Office | null): string | null {
  const asked = params["office"];
  return pinned?.code ?? (typeof asked === "string" ? foldOfficeCode(asked) : null);
}
