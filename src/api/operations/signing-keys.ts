import { z } from "zod";
import { moment, timeOf, timeOrNull } from "../listing.ts";
import { operation, type Operation } from "../operation.ts";
import { PLATFORM } from "../places.ts";
import { Problem } from "../problem.ts";

const key = z.strictObject({
  id: z.string(),
  algorithm: z.string(),
  state: z.enum(["next", "current", "retired"]),
  createdAt: moment,
  usedFrom: moment,
  expiresAt: moment.nullable(),
});

/** The signing keys, and their rotation. */
export const signingKeyOperations: readonly Operation[] = [
  operation({
    ...{ name: "signing-keys.list", method: "GET", place: PLATFORM, path: "/signing-keys" },
    action: "signing-keys.see",
    about: "Lists the published signing keys, the newest first.",
    output: z.strictObject({ items: z.array(key) }),
    work: async ({ keys }) => {
      const items = (await keys.list()).map(({ createdAt, usedFrom, expiresAt, ...found }) => ({
        ...found,
        ...{ createdAt: timeOf(createdAt), usedFrom: timeOf(usedFrom), expiresAt: timeOrNull(expiresAt) },
      }));
      return { body: { items } };
    },
  }),
  operation({
    ...{ name: "signing-keys.rotate", method: "POST", place: PLATFORM, path: "/signing-keys/rotate" },
    action: "signing-keys.rotate",
    about: "Makes new signing keys, which sign after `aheadMinutes`.",
    body: z.strictObject({
      newest: z.string().max(100).meta({ description: "id of the newest key that was seen" }),
      aheadMinutes: z
        .int()
        .min(0)
        .max(7 * 24 * 60)
        .default(24 * 60),
    }),
    work: async ({ keys }, { by, body: { newest, aheadMinutes } }) => {
      if (!(await keys.rotate(newest, { actor: by.id, aheadMinutes }))) {
        throw new Problem("stale-version");
      }
      return { body: null };
    },
  }),
];
