import { z } from "zod";
import { EXPORT_FORMATS } from "../../domain/users/user-export.ts";
import type { Download } from "../../platform/web/download.ts";
import { operation, type Operation } from "../operation.ts";
import { OFFICE, USER } from "../places.ts";

const TYPES = { csv: "text/csv; charset=utf-8", jsonl: "application/jsonl; charset=utf-8" } as const;

/** Files, which are recorded in the audit log before their first piece. */
export const exportOperations: readonly Operation[] = [
  operation({
    ...{ name: "users.export", method: "GET", place: OFFICE, path: "/export", action: "users.export" },
    about: "Exports the users of an office as a file that can be imported again.",
    query: z.strictObject({ format: z.enum(EXPORT_FORMATS).default("csv") }),
    answersFile: Object.values(TYPES),
    work: ({ imports }, { by, subject, query: { format } }) =>
      Promise.resolve(
        answered({
          name: `users-${subject.code.toLowerCase()}.${format}`,
          type: TYPES[format],
          pieces: imports.userExport.write(subject.id, by.id, format),
        }),
      ),
  }),
  operation({
    ...{ name: "users.export-data", method: "GET", place: USER, path: "/data", action: "user.export-data" },
    about: "Exports everything that is stored about a user (GDPR articles 15 and 20).",
    answersFile: ["application/json; charset=utf-8"],
    work: ({ imports }, { by, subject: { user } }) =>
      Promise.resolve(
        answered({
          name: `personal-data-${user.id}.json`,
          type: "application/json; charset=utf-8",
          pieces: imports.personalData.write(user, by.id),
        }),
      ),
  }),
];

const answered = ({
  pieces,
  ...named
}: Pick<Download, "name" | "type"> & { readonly pieces: AsyncIterable<string> }) => ({
  body: null,
  download: {
    ...named,
    write: async (sink: Parameters<Download["write"]>[0]) => {
      for await (const piece of pieces) {
        await sink(piece);
      }
    },
  },
});
