/** What acts without an id of its own: an operator, the directory of the office, the server itself, and a browser before it has signed in. */
const NAMED_ACTORS = ["command line", "scim", "vestibule", "visitor"] as const;
export type NamedActor = (typeof NAMED_ACTORS)[number];

const NAMES: ReadonlySet<string> = new Set(NAMED_ACTORS);

/** Whether the actor of an audit event is none with an id. */
export const isNamedActor = (actor: string): actor is NamedActor => NAMES.has(actor);
