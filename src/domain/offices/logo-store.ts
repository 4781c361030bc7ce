import { homeOfToken } from "../../kernel/home.ts";
import type { Image, ImageType } from "../../platform/images/image.ts";
import type { Database, Queryable, Statement } from "../../platform/database/database.ts";

/** A logo as it is stored. `mark`: changes with the content. */
export interface Logo extends Image {
  readonly mark: string;
}

interface Row {
  readonly mark: string;
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  readonly content: Buffer;
}

const COLUMNS = "mark, type, width, height, content";

const statements = {
  find: {
    name: "logo_by_token",
    text: `select ${COLUMNS} from office_logos where home = $1 and token = $2`,
  },
  inOffice: {
    name: "logo_in_office",
    text: `select ${COLUMNS} from office_logos where home = $home and office_id = $1 and state = $2`,
  },
  put: {
    name: "logo_put",
    text: `insert into office_logos (home, office_id, state, token, ${COLUMNS}, added_at)
           values ($home, $1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (home, office_id, state) do update set token = $3, mark = $4, type = $5, width = $6, height = $7,
             content = $8, added_at = $9`,
  },
  remove: {
    name: "logo_remove",
    text: "delete from office_logos where home = $home and office_id = $1 and state = $2 returning mark",
  },
} as const satisfies Record<string, Statement>;

/** The logo in use, or one that was uploaded and not yet accepted. */
export type LogoState = "current" | "draft";

/** The logos of offices. Which one an office shows is in its own row, with the address. */
export class LogoStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The logo in use with this token; null for any other. */
  async find(token: string): Promise<Logo | null> {
    return firstOf(await this.#database.query<Row>(statements.find, [homeOfToken(token), token]));
  }

  /** In a transaction of the office. */
  async inOffice(tx: Queryable, officeId: string, state: LogoState): Promise<Logo | null> {
    return firstOf(await tx.query<Row>(statements.inOffice, [officeId, state]));
  }

  /** `token`: null for a draft. */
  async put(
    tx: Queryable,
    officeId: string,
    { logo, token, at }: { readonly logo: Logo; readonly token: string | null; readonly at: Date },
  ): Promise<void> {
    const { mark, type, width, height, content } = logo;
    const state: LogoState = token === null ? "draft" : "current";
    await tx.query(statements.put, [officeId, state, token, mark, type, width, height, content, at]);
  }

  /** Returns whether there was one. */
  async remove(tx: Queryable, officeId: string, state: LogoState): Promise<boolean> {
    return (await tx.query(statements.remove, [officeId, state])).length === 1;
  }
}

const firstOf = ([row]: readonly Row[]): Logo | null => row ?? null;
