import { PasswordHasher } from "../../src/domain/credentials/password.ts";
import { FULL_COST } from "../../src/domain/credentials/password-cost.ts";
import { asOwner } from "../support/database.ts";
import type { Installation } from "./installation.ts";

const hasher = new PasswordHasher({ concurrency: 2, queue: 10, cost: FULL_COST });

export async function isPasswordOf(here: Installation, username: string, password: string): Promise<boolean> {
  const [row] = await asOwner<{ hash: string }>(
    here.database,
    "select password_hash as hash from users where username = $1",
    [username],
  );
  return hasher.verify(row?.hash ?? "", password);
}
