import type { Queryable, Statement } from "../../platform/database/database.ts";
import type { HelpFinder } from "../../platform/messages/notices.ts";
import { contactToShow, type Help, type SupportContact } from "../../kernel/support-contact.ts";
import { helperOf } from "./helper.ts";
import type { Account } from "./user.ts";

interface Row {
  readonly support: SupportContact | null;
  /** Null for an unknown user, as where a mail is written in vain so that it takes as long. */
  readonly reader: Pick<Account, "role" | "isOnlySuperuser"> | null;
}

const statements = {
  find: {
    name: "help_find",
    text: `select o.support, (select json_build_object('role', u.role,
               'isOnlySuperuser', u.role = 'superuser' and not exists (select from users c where c.home = u.home
                 and c.office_id = u.office_id and c.role = 'superuser' and c.status = 'active' and c.id <> u.id))
             from users u where u.home = $home and u.id = $1) as reader
           from offices o where o.id = vestibule_office()`,
  },
} as const satisfies Record<string, Statement>;

/** Where a user finds help, for the mails that tell the reader to ask for it. Pages know it from the account and its office. */
export class HelpStore implements HelpFinder {
  readonly #installation: SupportContact;

  /** `installation`: its support contact. */
  constructor(installation: SupportContact) {
    this.#installation = installation;
  }

  /** In a transaction of the user's office; in one of no office there is only the installation. */
  async find(tx: Queryable, userId: string | null): Promise<Help> {
    const [row] = await tx.query<Row>(statements.find, [userId]);
    const reader = row?.reader ?? null;
    return {
      helper: reader === null ? "office" : helperOf(reader),
      contact: contactToShow(row?.support ?? null, this.#installation),
    };
  }
}
