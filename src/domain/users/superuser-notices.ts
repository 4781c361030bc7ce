import type { Queryable } from "../../platform/database/database.ts";
import { DEFAULT_LANGUAGE, type TextValues } from "../../kernel/languages.ts";
import type { Notice, Notices } from "../../platform/messages/notices.ts";
import type { Role } from "../access/role.ts";
import type { UserRankStore } from "../access/user-rank-store.ts";
import { epochSeconds } from "../../kernel/clock.ts";
import { longDay } from "../../kernel/date-format.ts";
import type { Office } from "../offices/office.ts";
import type { OfficeStore } from "../offices/office-store.ts";
import type { User } from "./user.ts";

interface Deps {
  readonly ranks: UserRankStore;
  readonly offices: OfficeStore;
  readonly notices: Notices;
  readonly issuer: string;
}

/** What happened to a superuser. */
type SuperuserChange = "made" | "unmade" | "reset" | "enabled" | "disabled" | "deleted";

/** The user that a notice is about. */
type Subject = Pick<User, "id" | "officeId" | "username" | "name">;

const whoOf = ({ name, username }: Subject): string => `${name} (${username})`;

/**
 * Mails to the superusers of an office about a change of one of them, by any actor: an additional superuser that the office does not
 * know of could act in it for good. The user that it is about gets another notice.
 */
export class SuperuserNotices {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In the transaction of the change. */
  async changed(tx: Queryable, user: Subject, what: SuperuserChange): Promise<void> {
    await this.#send(tx, user, "superuserChanged", { what, who: whoOf(user), count: 1 });
  }

  /** In the transaction of the import, before it adds them. */
  async imported(tx: Queryable, officeId: string, count: number): Promise<void> {
    if (count === 0) {
      return;
    }
    await this.#send(tx, { id: null, officeId }, "superuserChanged", { what: "imported", who: "", count });
  }

  /** Support has asked for it; nothing has changed yet. Nothing is sent about a colleague of support. */
  async asked(
    tx: Queryable,
    user: Subject & Pick<User, "role">,
    {
      action,
      role,
      office,
    }: { action: "reset" | "enable" | "role" | "delete"; role?: Role; office: { readonly code: string } },
  ): Promise<void> {
    const what = action === "role" ? (role === "superuser" ? "make" : "unmake") : action;
    const link = `${this.#deps.issuer}/console/o/${office.code}/users/${user.id}/approval`;
    await this.#send(tx, user, "superuserAsked", { what, who: whoOf(user), link });
  }

  /** In the transaction that closes the office. `purgeAt`: when it is deleted. */
  async officeClosed(
    tx: Queryable,
    { id: officeId, name: office, language: own, zone }: Pick<Office, "id" | "name" | "language" | "zone">,
    purgeAt: Date,
  ): Promise<void> {
    const { ranks, notices } = this.#deps;
    for (const { id, name, mail, language: chosen } of await ranks.superusers(tx, null)) {
      const language = chosen ?? own;
      const date = longDay(epochSeconds(purgeAt), { language, zone: { name: zone, isNamed: false } });
      await notices.send(tx, { id, officeId, name, mail, language }, "officeClosed", { office, date });
    }
  }

  async #send(
    tx: Queryable,
    { id, officeId }: { readonly id: string | null; readonly officeId: string },
    notice: Extract<Notice, `superuser${string}`>,
    values: TextValues,
  ): Promise<void> {
    const { ranks, offices, notices } = this.#deps;
    const superusers = await ranks.superusers(tx, id);
    const office = superusers.length === 0 ? null : await offices.find(officeId, tx);
    for (const { id: reader, name, mail, language } of superusers) {
      const to = {
        id: reader,
        officeId,
        name,
        mail,
        language: language ?? office?.language ?? DEFAULT_LANGUAGE,
      };
      await notices.send(tx, to, notice, values);
    }
  }
}
