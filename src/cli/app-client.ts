import {
  KNOWN_CLIENTS,
  knownClient,
  registrationOf,
  takesPaths,
} from "../domain/applications/known-clients.ts";
import type { AppOptions } from "./app-options.ts";
import { OptionFaults } from "./option-faults.ts";

/** What `--for` sets, which every other option overrides. Throws OptionFaults. */
export function fieldsOfClient({ for: name, at, redirectUri }: AppOptions): Record<string, unknown> {
  if (name === undefined) {
    return fieldsWithoutClient(at);
  }
  const client = knownClient(name);
  if (client === undefined) {
    const known = KNOWN_CLIENTS.map((each) => each.name).join(", ");
    throw new OptionFaults([{ option: "--for", message: `must be one of ${known}` }]);
  }
  if (client.redirectPath !== undefined && at === undefined && redirectUri === undefined) {
    const example = `https://YOUR-HOST${client.redirectPath}`;
    const message = `where ${client.title} runs: it comes back to ${example}`;
    throw new OptionFaults([{ option: "--at", message }]);
  }
  if (at !== undefined && !takesPaths(at)) {
    const message = "must be a complete address without ? and #, such as https://ledger.example.com";
    throw new OptionFaults([{ option: "--at", message }]);
  }
  return { name: client.title, ...registrationOf(client, at ?? null) };
}

function fieldsWithoutClient(at: string | undefined): Record<string, unknown> {
  if (at !== undefined) {
    throw new OptionFaults([{ option: "--at", message: "goes with --for" }]);
  }
  return {};
}
