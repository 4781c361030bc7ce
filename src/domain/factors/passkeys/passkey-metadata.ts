import { createHash } from "node:crypto";
import { now } from "../../../kernel/clock.ts";
import type { Database } from "../../../platform/database/database.ts";
import type { AuditStore } from "../../audit/audit-store.ts";
import type { AuthenticatorModelStore, LoadedMetadata } from "./authenticator-model-store.ts";
import { fidoSigner, readMetadata, type MetadataSigner } from "./metadata-blob.ts";

/** Where the FIDO Alliance publishes its file. */
export const METADATA_URL = "https://mds3.fidoalliance.org/";

interface Deps {
  readonly database: Database;
  readonly models: AuthenticatorModelStore;
  readonly audit: AuditStore;
  /** The guarded fetch, which reads a file of this size. */
  readonly fetch: (url: string) => Promise<Response>;
}

export type MetadataUpdate =
  | { readonly type: "updated"; readonly loaded: LoadedMetadata }
  /** The file is the one that was loaded last, or an older one. */
  | { readonly type: "not-newer"; readonly loaded: LoadedMetadata; readonly number: number };

/** Takes files of passkey metadata, which say by what certificates the models prove themselves (decision 0113). */
export class PasskeyMetadata {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  loaded(): Promise<LoadedMetadata | null> {
    return this.#deps.models.loaded();
  }

  /** The file at an address. Throws when there is no usable answer. */
  async fetch(url: string): Promise<string> {
    const answer = await this.#deps.fetch(url);
    if (answer.status !== 200) {
      throw new Error(`the answer has status ${String(answer.status)}`);
    }
    return answer.text();
  }

  /** `signer`: whose signature counts, where it is not the FIDO Alliance's. Throws OperatorError for a file that does not count. */
  async update(file: string, actor: string, signer?: MetadataSigner): Promise<MetadataUpdate> {
    const { database, models, audit } = this.#deps;
    const counts = signer ?? (await fidoSigner());
    const at = now();
    const metadata = readMetadata(file, counts, at);
    return database.transaction(async (tx) => {
      const isNewer = await models.replace(tx, metadata, { signer: nameOf(counts), at });
      const loaded = await models.loaded(tx);
      if (loaded === null) {
        throw new Error("The metadata of passkeys were not stored.");
      }
      if (!isNewer) {
        return { type: "not-newer", loaded, number: metadata.number };
      }
      await audit.add(tx, {
        ...({ type: "passkey-metadata.updated", outcome: "ok", officeId: null, actor } as const),
        details: { number: loaded.number, nextUpdate: loaded.nextUpdate, models: loaded.models },
      });
      return { type: "updated", loaded };
    });
  }
}

const nameOf = ({ roots }: MetadataSigner): string =>
  roots.reduce((hash, { raw }) => hash.update(raw), createHash("sha256")).digest("hex");
