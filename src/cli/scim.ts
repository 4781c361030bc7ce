import type { Command } from "commander";
import { SCIM_PATH } from "../api/scim/scim-routes.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Services } from "../server/wiring/services.ts";
import { details, table, type Answer } from "./answer.ts";
import { getOffice } from "./get-office.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { OPERATOR, withServices } from "./with-services.ts";

/** `scim`: the tokens with which directories keep the users of an office up to date. */
export function addScimCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "scim",
    about: "the tokens with which directories (Entra ID, Okta) keep the users of an office up to date",
    examples: ["scim make-token NOORD", "scim list NOORD"],
  });
  addVerb(noun, {
    usage: "list <code>",
    about: "list the valid tokens of an office, and when they were last used",
    examples: ["scim list NOORD --json"],
  }).action(answering(withServices(list)));
  addVerb(noun, {
    usage: "make-token <code>",
    about: "make a token for the directory of an office, printed once; the one before stays valid for a day",
    examples: ["scim make-token NOORD"],
  }).action(answering(withServices(make)));
  addVerb(noun, {
    usage: "end-tokens <code>",
    about: "end the tokens of an office at once; its directory then changes nothing more",
    examples: ["scim end-tokens NOORD", "scim end-tokens NOORD --replaced"],
  })
    .option("--replaced", "only those that a newer one has replaced; the directory goes on with the newest")
    .action(answering(withServices(end)));
}

async function list(services: Services, code: string): Promise<Answer> {
  const office = await getOffice(services, code);
  const tokens = await services.stores.scimTokens.list(office.id);
  const rows = tokens.map(({ madeAt, usedAt, endsAt }) => [
    madeAt.toISOString(),
    usedAt?.toISOString() ?? "never",
    endsAt?.toISOString() ?? "",
  ]);
  const nothing = `No token: the office ${office.code} has no directory.`;
  return { json: tokens, text: table(["MADE", "LAST USED", "ENDS"], rows, nothing) };
}

async function make(services: Services, code: string): Promise<Answer> {
  const office = await getOffice(services, code);
  const tokens = await services.stores.scimTokens.list(office.id);
  const seen = tokens.find(({ endsAt }) => endsAt === null)?.madeAt ?? null;
  const made = await services.administration.scimAccess.make(office, OPERATOR, { seen });
  if (made.type !== "made") {
    throw new OperatorError(
      'Another one has just been made: look at "npx vestibule scim list", then try again.',
    );
  }
  const address = `${services.settings.issuer}${SCIM_PATH}`;
  const token = made.token.reveal();
  const before = seen === null ? "" : "\nThe one before stays valid for a day.";
  return {
    json: { address, token },
    text: `${details([
      ["Address", address],
      ["Token", `${token}   (shown only now)`],
    ])}${before}`,
  };
}

async function end(
  services: Services,
  code: string,
  { replaced = false }: { readonly replaced?: boolean },
): Promise<Answer> {
  const office = await getOffice(services, code);
  const which = replaced ? "replaced" : "all";
  const { type } = await services.administration.scimAccess.end(office, which, OPERATOR);
  return {
    json: { ended: type === "ended" },
    text: type === "ended" ? "The tokens were ended." : "There was none to end.",
  };
}
