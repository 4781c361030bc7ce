import { now } from "../../kernel/clock.ts";
import { homeOf, tokenAt } from "../../kernel/home.ts";
import type { Database } from "../../platform/database/database.ts";
import type { Image } from "../../platform/images/image.ts";
import { denialOf, type Denial } from "../access/access.ts";
import { aboutOffice, type Actor } from "../access/actor.ts";
import { logoAddress, logoMark, logoToken } from "./logo-address.ts";
import type { Logo, LogoStore } from "./logo-store.ts";
import type { Office } from "./office.ts";
import type { OfficeChange, OfficeService } from "./office-service.ts";

interface Deps {
  readonly database: Database;
  readonly store: LogoStore;
  readonly offices: OfficeService;
}

/** `gone`: the draft was used or discarded by another administrator meanwhile. */
export type LogoResult = OfficeChange | { readonly type: "unchanged" | "gone" | Denial };

/** The logo of an office: uploaded as a draft, looked at, then used. */
export class LogoService {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Keeps an uploaded picture as the draft, in place of an earlier one. */
  async propose(office: Office, image: Image, by: Actor): Promise<Denial | "proposed"> {
    const denial = denialTo(office, by);
    if (denial !== null) {
      return denial;
    }
    const { database, store } = this.#deps;
    const entry = { logo: { ...image, mark: logoMark(image) }, token: null, at: now() };
    await database.inOffice(office.id, (tx) => store.put(tx, office.id, entry));
    return "proposed";
  }

  draft({ id }: Office): Promise<Logo | null> {
    const { database, store } = this.#deps;
    return database.inOffice(id, (tx) => store.inOffice(tx, id, "draft"));
  }

  /** Uses the draft with this mark, which is the one that the caller saw. */
  async accept(office: Office, mark: string, by: Actor): Promise<LogoResult> {
    const draft = await this.draft(office);
    return draft?.mark === mark ? this.use(office, draft, by) : { type: "gone" };
  }

  async discard(office: Office, by: Actor): Promise<Denial | "discarded"> {
    const denial = denialTo(office, by);
    if (denial !== null) {
      return denial;
    }
    const { database, store } = this.#deps;
    await database.inOffice(office.id, (tx) => store.remove(tx, office.id, "draft"));
    return "discarded";
  }

  /** Uses a picture at once. The draft goes. */
  async use(office: Office, image: Image, by: Actor): Promise<LogoResult> {
    const { store } = this.#deps;
    const denial = denialTo(office, by);
    if (denial !== null) {
      return { type: denial };
    }
    // The random part stays, so that mails of last week show the logo of today.
    const token = logoToken(office.branding.logoUrl) ?? tokenAt(homeOf(office.id), 16);
    const mark = logoMark(image);
    return this.#deps.offices.change(
      withLogo(office, logoAddress(token, { mark, type: image.type })),
      by.id,
      async (tx, id) => {
        await store.remove(tx, id, "draft");
        await store.put(tx, id, { logo: { ...image, mark }, token, at: now() });
      },
    );
  }

  /** The office's name is shown instead. */
  async remove(office: Office, by: Actor): Promise<LogoResult> {
    const denial = denialTo(office, by);
    if (denial !== null) {
      return { type: denial };
    }
    if (office.branding.logoUrl === null) {
      return { type: "unchanged" };
    }
    return this.#deps.offices.change(withLogo(office, null), by.id, async (tx, id) => {
      await this.#deps.store.remove(tx, id, "current");
    });
  }
}

const denialTo = (office: Office, by: Actor): Denial | null =>
  denialOf(by, "branding.change", aboutOffice(office));

const withLogo = (office: Office, logoUrl: string | null): Office => ({
  ...office,
  branding: { ...office.branding, logoUrl },
});
