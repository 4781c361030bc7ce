import {
  permissionOf,
  PERMISSIONS,
  PROOF_MINUTES,
  RELATIONS,
  type Action,
  type Permission,
  type Relation,
} from "../src/domain/access/permissions.ts";
import { ROLES, type Role } from "../src/domain/access/role.ts";
import { code, madeFrom, markdownTable } from "./markdown.ts";

const STAFF: readonly Role[] = ["accountant", "superuser", "support"];
const SIGNS: Record<Permission, string> = {
  allowed: "yes",
  "stepped-up": "fresh",
  "proved-lately": "lately",
  never: "–",
};

/** The permissions of the console, a section for each role. */
export function permissionsDocument(): string {
  const relations = Object.entries(RELATIONS).map(([name, about]) => `- **${name}**: ${about}`);
  return `${madeFrom("src/domain/access/permissions.ts")}

# Who may do what in the console

A user with the role \`user\` may do nothing there. The columns say what the actor is to the thing or the user that an
action is about:

${relations.join("\n")}

_yes_: at once. _fresh_: after a sign-in with password and second factor that is younger than ${String(PROOF_MINUTES["stepped-up"])} minutes. _lately_: the same, ${String(PROOF_MINUTES["proved-lately"])} minutes. Pages may always
be looked at; only sending a form asks. _–_: never. Roles rank
${ROLES.join(", ")}. Where support makes another superuser, unmakes, resets or enables one, or resets or enables a colleague, a second person
has to agree: another member of support, or a superuser of the office. Support does not change the email address or the number of either
([decision 0051](decisions/0051-who-is-the-second-person.md)).

The services behind the pages ask the same table, for every caller. The operator at the command line may do all of
it, but never decides a request of support.

${STAFF.map(sectionOf).join("\n\n")}
`;
}

function sectionOf(role: Role): string {
  const relations = keysOf(RELATIONS).filter((relation) => isUsed(role, relation));
  const rows = keysOf(PERMISSIONS)
    .filter((action) => relations.some((relation) => permissionOf(role, action, relation) !== "never"))
    .map((action) => [
      code(action),
      ...relations.map((relation) => SIGNS[permissionOf(role, action, relation)]),
    ]);
  return `## ${role}\n\n${markdownTable(["action", ...relations], rows)}`;
}

const isUsed = (role: Role, relation: Relation): boolean =>
  keysOf(PERMISSIONS).some((action: Action) => permissionOf(role, action, relation) !== "never");

/** `Object.keys` with the type of the keys, for a table that has no other keys. */
const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(table) as Key[];
