import { z } from "zod";
import { PageError } from "../../kernel/errors.ts";
import { placeOf, placeText } from "../../protocol/models/access-lists.ts";
import { moment, pageOf, pageQuery, timeOfSeconds } from "../listing.ts";
import { operation, type Operation } from "../operation.ts";
import { SESSION, USER } from "../places.ts";
import { Problem } from "../problem.ts";
import { refusedBy } from "../refusals.ts";

const NOTHING = { body: null } as const;

const session = z.strictObject({
  id: z.string(),
  browser: z.string().nullable(),
  system: z.string().nullable(),
  signedInAt: moment.nullable(),
  usedAt: moment,
});

/** Sessions, and browsers that a user trusts. */
export const sessionOperations: readonly Operation[] = [
  operation({
    ...{ name: "sessions.list", method: "GET", place: USER, path: "/sessions", action: "user.see" },
    about: "Lists the sessions of a user, the last used first.",
    query: z.strictObject(pageQuery),
    output: pageOf(session),
    work: async ({ users, cursors }, { subject: { user }, query: { size, after } }) => {
      const scope = { officeId: user.officeId, query: `sessions ${user.id}` };
      const place = after === null ? null : placeOf(cursors.open(after, scope)?.[0]);
      if (after !== null && place === null) {
        throw new PageError("request");
      }
      const { rows, next } = await users.sessionsOf(user, { after: place, limit: size });
      const items = rows.map(({ uid, device, signedInAt, usedAt }) => ({
        ...{ id: uid, browser: device?.browser ?? null, system: device?.system ?? null },
        signedInAt: signedInAt === null ? null : timeOfSeconds(signedInAt),
        usedAt: timeOfSeconds(usedAt),
      }));
      return { body: { items, next: next === null ? null : cursors.seal([placeText(next)], scope) } };
    },
  }),
  operation({
    ...{
      name: "sessions.end",
      method: "DELETE",
      place: USER,
      path: "/sessions",
      action: "user.end-sessions",
    },
    about: "Ends every session and token of a user.",
    work: async ({ users }, { by, subject }) => {
      const { type } = await users.administration.endSessions(subject.user, by);
      return type === "ended" ? NOTHING : Promise.reject(refusedBy(type));
    },
  }),
  operation({
    ...{ name: "sessions.end-one", method: "DELETE", place: SESSION, action: "user.end-sessions" },
    about: "Ends one session of a user with its tokens, and signs the user out of its applications.",
    work: async ({ users }, { by, subject: { user, session: uid } }) => {
      const { type } = await users.administration.endSession(user, uid, by);
      if (type === "unknown") {
        throw new Problem("not-found");
      }
      return type === "ended" ? NOTHING : Promise.reject(refusedBy(type));
    },
  }),
  operation({
    ...{
      name: "trust.end",
      method: "DELETE",
      place: USER,
      path: "/trusted-browsers",
      action: "user.end-trust",
    },
    about: "Ends the trust in every browser of a user.",
    work: async ({ users }, { by, subject }) => {
      const { type } = await users.factors.endTrust(subject.user, by);
      return type === "ended" ? NOTHING : Promise.reject(refusedBy(type));
    },
  }),
];
