import type { Helper } from "../../kernel/support-contact.ts";
import type { Account } from "./user.ts";

/** Whom a text tells this user to ask. Never the user: a superuser asks another one, and the only one asks support. */
export function helperOf({ role, isOnlySuperuser }: Pick<Account, "role" | "isOnlySuperuser">): Helper {
  switch (role) {
    case "user":
    case "accountant":
      return "office";
    case "superuser":
      return isOnlySuperuser ? "support" : "colleague";
    case "support":
      return "support";
  }
}
