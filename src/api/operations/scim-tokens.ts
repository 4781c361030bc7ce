import { z } from "zod";
import { DIRECTORY_SCOPES } from "../../domain/provisioning/scim-access.ts";
import { moment, timeOf, timeOrNull } from "../listing.ts";
import { operation, type Operation } from "../operation.ts";
import { OFFICE } from "../places.ts";
import { Problem } from "../problem.ts";
import { refusedBy } from "../refusals.ts";

const PLACE = { place: OFFICE, path: "/scim-tokens", action: "scim.change" } as const;

const address = z.string().meta({ description: "the base URL that the directory is given" });
const token = z.strictObject({
  madeAt: moment,
  endsAt: moment.nullable().meta({ description: "null for the current one" }),
  usedAt: moment.nullable().meta({ description: "to the minute; null: never" }),
});

const which = z
  .enum(["all", "replaced"])
  .meta({ description: "replaced: those that a newer one has replaced, so the directory goes on" });

/** The token of an office's directory. */
export const scimTokenOperations: readonly Operation[] = [
  operation({
    ...{ ...PLACE, name: "scim-tokens.list", method: "GET" },
    about: "Lists the valid tokens of an office's directory, without the tokens themselves.",
    output: z.strictObject({ address, items: z.array(token) }),
    work: async ({ directories }, { subject }) => {
      const items = await directories.tokens(subject.id);
      return {
        body: {
          address: directories.address,
          items: items.map(({ madeAt, endsAt, usedAt }) => ({
            ...{ madeAt: timeOf(madeAt), endsAt: timeOrNull(endsAt), usedAt: timeOrNull(usedAt) },
          })),
        },
      };
    },
  }),
  operation({
    ...{ ...PLACE, name: "scim-tokens.make", method: "POST" },
    about: `Makes a token for the directory; the one before stays valid for a day. Needs ${DIRECTORY_SCOPES.join(", ")} as well, because a directory may all of that.`,
    output: z.strictObject({ address, token: z.string().meta({ description: "shown this once" }) }),
    makes: true,
    work: async ({ directories }, { by, subject, attempt: { seed } }) => {
      const current = (await directories.tokens(subject.id)).find(({ endsAt }) => endsAt === null);
      const seen = current?.madeAt ?? null;
      const made = await directories.access.make(subject, by, { seen, seed });
      switch (made.type) {
        case "made": {
          const location = `/offices/${subject.id}/scim-tokens`;
          return { body: { address: directories.address, token: made.token.reveal() }, location };
        }
        case "another":
          throw new Problem("not-possible-now", { detail: "another one has just been made" });
        case "lacks-scopes":
          throw new Problem("insufficient-scope", {
            detail: `this gives a directory ${DIRECTORY_SCOPES.join(", ")}, and needs all of them`,
          });
        case "own":
        case "higher":
        case "elsewhere":
        case "not-permitted":
          throw refusedBy(made.type);
      }
    },
  }),
  operation({
    ...{ ...PLACE, name: "scim-tokens.end", method: "DELETE" },
    about: "Ends tokens of an office's directory at once; none to end is no fault.",
    query: z.strictObject({ which }),
    work: async ({ directories }, { by, subject, query }) => {
      const { type } = await directories.access.end(subject, query.which, by);
      return type === "ended" || type === "none" ? { body: null } : Promise.reject(refusedBy(type));
    },
  }),
];
