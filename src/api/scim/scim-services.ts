import type { ProvisionedUserStore } from "../../domain/provisioning/provisioned-user-store.ts";
import type { GroupProvisioning } from "../../domain/provisioning/group-provisioning.ts";
import type { UserProvisioning } from "../../domain/provisioning/user-provisioning.ts";
import type { UserAdministration } from "../../domain/users/user-administration.ts";
import type { User } from "../../domain/users/user.ts";

/** The services behind SCIM. */
export interface ScimServices {
  readonly users: ProvisionedUserStore;
  readonly provisioning: UserProvisioning;
  readonly groups: GroupProvisioning;
  readonly administration: Pick<UserAdministration, "delete">;
  /** Null for an unknown user, and for one of another office. */
  readonly find: (officeId: string, id: string) => Promise<User | null>;
}
