import { CLAIM_WRITERS, NOT_RELEASED } from "../src/protocol/claim-writers.ts";
import { code, markdownTable } from "./markdown.ts";

/** The section about claims of docs/security-checks.md. */
export function claimsSection(): string {
  const rows = Object.entries(CLAIM_WRITERS).map(([claim, { writtenBy, guarantee, stockClients }]) => [
    ...[code(claim), writtenBy, guarantee, stockClients],
  ]);
  return `## Claims that an administrator can write

An office's superuser types names, usernames and addresses, and is no authority for other offices. An application knows a user by \`iss\`
and \`sub\`. This table says what the other claims are worth where an application takes one of them for an identity anyway. They are the
same in ID tokens, userinfo and by the \`claims\` parameter; introspection, JWT access tokens and logout tokens have \`sub\` alone of them.
[protocol/stock-clients.test.ts](../test/protocol/stock-clients.test.ts) plays each rule for users of two offices who share address,
username and name.

${markdownTable(["claim", "written by", "what Vestibule guarantees", "what stock clients do with it"], rows)}

No application gets ${NOT_RELEASED.map(code).join(", ")}.`;
}
