import type { Application } from "../../domain/applications/application.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import { homeOfToken } from "../../kernel/home.ts";
import type { KeyedHash } from "../../kernel/secret.ts";
import type { OidcModelStore } from "./oidc-model-store.ts";
import { KIND } from "./oidc-model.ts";
import { fieldsOf } from "../../kernel/unknown-value.ts";

/** The request behind an interaction, as long as its row exists. */
export interface StoredRequest {
  readonly application: Application;
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether a user signs in a device, which the browser cannot return to. */
  readonly isDevice: boolean;
  /** Seconds since 1970. */
  readonly endsAt: number;
}

export interface RequestStores {
  readonly applications: ApplicationStore;
  readonly store: OidcModelStore;
  readonly hash: KeyedHash;
}

/** Finds a request by the uid of its interaction, also one that has expired: its row is kept for another day. */
export async function findStoredRequest(
  { applications, store, hash }: RequestStores,
  uid: string,
): Promise<StoredRequest | null> {
  const id = hash(`oidc ${uid}`).toString("hex");
  const key = { home: homeOfToken(uid), kind: KIND.Interaction, id };
  const payload = (await store.find(key))?.payload ?? {};
  const params = fieldsOf(payload["params"]);
  const clientId = params["client_id"];
  const application = typeof clientId === "string" ? await applications.find(clientId) : null;
  return application === null
    ? null
    : {
        application,
        params,
        isDevice: typeof payload["deviceCode"] === "string",
        endsAt: Number(payload["exp"]),
      };
}
