import { hash } from "node:crypto";
import type { Adapter, AdapterPayload } from "oidc-provider";
import type { Application } from "../../domain/applications/application.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { RunningKeys } from "../keys/running-keys.ts";
import { toClientMetadata } from "../clients/client-metadata.ts";

interface Deps {
  readonly applications: ApplicationStore;
  readonly keys: Pick<RunningKeys, "know">;
  readonly hasDeviceFlow: boolean;
}

/** Applications have their own store; oidc-provider only reads them. It does not know one that is disabled. */
export class ApplicationAdapter implements Adapter {
  readonly #deps: Deps;
  readonly #known = new WeakMap<Application, AdapterPayload>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const { applications, keys, hasDeviceFlow } = this.#deps;
    const application = await applications.find(id);
    if (application === null || application.isDisabled) {
      return undefined;
    }
    await keys.know(application.idTokenAlgorithm);
    const known = this.#known.get(application);
    const metadata = known ?? quickToCompare(toClientMetadata(application, hasDeviceFlow));
    this.#known.set(application, metadata);
    return metadata;
  }

  upsert = readOnly;
  consume = readOnly;
  destroy = readOnly;
  revokeByGrantId = readOnly;
  findByUid = readOnly;
  findByUserCode = readOnly;
}

/** The library writes metadata as JSON for each request, to see whether the application has changed. This says the same in short. */
function quickToCompare(metadata: AdapterPayload): AdapterPayload {
  const digest = hash("sha256", JSON.stringify(metadata), "base64url");
  return Object.freeze(Object.defineProperty(metadata, "toJSON", { value: () => digest }));
}

const readOnly = (): Promise<never> =>
  Promise.reject(new Error("Applications are changed by their own service."));
