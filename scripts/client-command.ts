import type { KnownClient } from "../src/domain/applications/known-clients.ts";

const HOST = "https://YOUR-HOST";

/** What registers an application for that client; YOUR-HOST and the like are the operator's to replace. */
export function clientCommand(client: KnownClient): string {
  const { name, redirectPath, type } = client;
  const at = redirectPath === undefined && type !== "browser" ? "" : ` --at ${HOST}`;
  return `npx vestibule app add --for ${name}${at}${ownRedirect(client)}`;
}

/** Where the application chooses the address, and the client does not. */
function ownRedirect({ type, redirectPath, settings }: KnownClient): string {
  if (redirectPath !== undefined || settings?.redirectUris !== undefined) {
    return "";
  }
  switch (type) {
    case "machine":
      return "";
    case "native":
      return " --redirect-uri com.example.app:/callback";
    case "browser":
      return ` --redirect-uri ${HOST}/`;
    case "web":
      return ` --redirect-uri ${HOST}/callback`;
  }
}
