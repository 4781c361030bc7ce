import { officeHref, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** The users of an office as a file that can be imported again. */
export function usersExportPage({ imports }: ConsoleDeps): OfficePage {
  return {
    name: "users-export",
    about: "office",
    path: "/users/export",
    action: "users.export",
    trail: ["settings", "users"],
    show: ({ office }) =>
      Promise.resolve({ view: "users-export", model: { backHref: officeHref(office.code, "/users") } }),
    submit: ({ office, actor }) =>
      Promise.resolve({
        type: "file",
        file: {
          name: `users-${office.code.toLowerCase()}.csv`,
          type: "text/csv; charset=utf-8",
          write: async (sink) => {
            for await (const piece of imports.userExport.write(office.id, actor.id)) {
              await sink(piece);
            }
          },
        },
      }),
  };
}
