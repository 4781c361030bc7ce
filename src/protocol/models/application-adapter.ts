import type { Adapter, AdapterPayload } from "oidc-provider";
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
    return toClientMetadata(application, hasDeviceFlow);
  }

  upsert = readOnly;
  consume = readOnly;
  destroy = readOnly;
  revokeByGrantId = readOnly;
  findByUid = readOnly;
  findByUserCode = readOnly;
}

const readOnly = (): Promise<never> =>
  Promise.reject(new Error("Applications are changed by their own service."));
