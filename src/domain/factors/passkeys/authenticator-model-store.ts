import type { Database, Queryable, Statement } from "../../../platform/database/database.ts";
import { bytesOf, type JsonBytes } from "../../../platform/database/json-bytes.ts";
import {
  UNKNOWN_MODEL,
  type AuthenticatorModel,
  type NamedModel,
  type UnusableModel,
} from "./authenticator-model.ts";
import type { AuthenticatorMetadata } from "./metadata-blob.ts";

/** Which file of metadata the models are from. */
export interface LoadedMetadata {
  readonly number: number;
  /** The day on which a newer one is due. */
  readonly nextUpdate: string;
  readonly loadedAt: Date;
  /** How many models it has. */
  readonly models: number;
}

const statements = {
  find: {
    name: "authenticator_model",
    text: `select aaguid, name, to_json(roots) as roots, refused_for as "refusedFor" from authenticator_models where aaguid = $1`,
  },
  named: {
    name: "authenticator_models_named",
    text: "select aaguid, name from authenticator_models where refused_for is null order by lower(name), aaguid",
  },
  unusable: {
    name: "authenticator_models_unusable",
    text: `select l.aaguid::text as aaguid, m.name, coalesce(m.refused_for, '${UNKNOWN_MODEL}') as reason
           from unnest($1::uuid[]) with ordinality l(aaguid, place) left join authenticator_models m on m.aaguid = l.aaguid
           where m.aaguid is null or m.refused_for is not null order by l.place`,
  },
  loaded: {
    name: "authenticator_metadata",
    text: `select number, next_update::text as "nextUpdate", loaded_at as "loadedAt",
             (select count(*)::integer from authenticator_models) as models from authenticator_metadata`,
  },
  needed: {
    name: "authenticator_models_needed",
    text: "select exists (select from offices where passkey_models is not null) as needed",
  },
  // Waits for another one at the same moment, and then finds its number.
  claim: {
    name: "authenticator_metadata_claim",
    text: `insert into authenticator_metadata as m (signer, number, next_update, loaded_at) values ($1, $2, $3, $4)
           on conflict (is_only) do update set signer = excluded.signer, number = excluded.number,
             next_update = excluded.next_update, loaded_at = excluded.loaded_at
             where m.signer <> excluded.signer or m.number < excluded.number
           returning number`,
  },
  clear: { name: "authenticator_models_clear", text: "delete from authenticator_models" },
  fill: {
    name: "authenticator_models_fill",
    text: `insert into authenticator_models (aaguid, name, roots, refused_for)
             select (m ->> 'aaguid')::uuid, m ->> 'name',
               array(select decode(r, 'base64') from json_array_elements_text(m -> 'roots') r), m ->> 'refusedFor'
             from json_array_elements($1) m
           on conflict (aaguid) do nothing`,
  },
} as const satisfies Record<string, Statement>;

/**
 * What is known of models. It is read when it is asked for, so that no server has to be told of a newer file: a passkey is set up seldom.
 */
export class AuthenticatorModelStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(aaguid: string): Promise<AuthenticatorModel | null> {
    type Row = Omit<AuthenticatorModel, "roots"> & { readonly roots: readonly JsonBytes[] };
    const [row] = await this.#database.query<Row>(statements.find, [aaguid]);
    return row === undefined ? null : { ...row, roots: row.roots.map(bytesOf) };
  }

  /** Those that can be accepted, by name. */
  named(): Promise<readonly NamedModel[]> {
    return this.#database.query<NamedModel>(statements.named, []);
  }

  /** Those of an office's list of which no passkey can be set up; none where it accepts any. */
  async unusable(listed: readonly string[] | null): Promise<readonly UnusableModel[]> {
    return listed === null ? [] : this.#database.query<UnusableModel>(statements.unusable, [listed]);
  }

  /** Null before the first file. */
  async loaded(queryable: Queryable = this.#database): Promise<LoadedMetadata | null> {
    return (await queryable.query<LoadedMetadata>(statements.loaded, []))[0] ?? null;
  }

  /** Whether any office lists models. */
  async areNeeded(): Promise<boolean> {
    const [row] = await this.#database.query<{ needed: boolean }>(statements.needed, []);
    return row?.needed === true;
  }

  /** Takes the place of what was there. Returns false for a file that is not newer. */
  async replace(
    tx: Queryable,
    { number, nextUpdate, models }: AuthenticatorMetadata,
    { signer, at }: { readonly signer: string; readonly at: Date },
  ): Promise<boolean> {
    if ((await tx.query(statements.claim, [signer, number, nextUpdate, at])).length === 0) {
      return false;
    }
    const rows = models.map((model) => ({
      ...model,
      roots: model.roots.map((root) => root.toString("base64")),
    }));
    await tx.query(statements.clear, []);
    await tx.query(statements.fill, [JSON.stringify(rows)]);
    return true;
  }
}
