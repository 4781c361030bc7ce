import type { Adapter, AdapterPayload } from "oidc-provider";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import { toClientMetadata } from "../clients/client-metadata.ts";

/** Applications have their own store; oidc-provider only reads them. */
export class ApplicationAdapter implements Adapter {
  readonly #applications: ApplicationStore;
  readonly #hasDeviceFlow: boolean;

  constructor(applications: ApplicationStore, hasDeviceFlow: boolean) {
    this.#applications = applications;
    this.#hasDeviceFlow = hasDeviceFlow;
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const application = await this.#applications.find(id);
    return application === null ? undefined : toClientMetadata(application, this.#hasDeviceFlow);
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
