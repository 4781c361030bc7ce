import { Provider } from "../library.ts";

/** The application that an authorization request names in its address. Its grant is needed next, and read with the session. */
export function askingApplication(): string | null {
  const id = Provider.ctx?.query["client_id"];
  // PostgreSQL rejects some of the characters that a client may send.
  return typeof id === "string" && /^[\w-]{1,120}$/.test(id) ? id : null;
}
