import type { UserPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";
import { hrefOf, whoOf } from "../user-context.ts";

/** Everything that is stored about a user, as a file for that user. */
export function userDataPage({ userDeps }: ConsoleDeps): UserPage {
  return {
    name: "user-data",
    about: "user",
    path: "/data",
    action: "user.export-data",
    trail: ["settings", "users"],
    show: (context) =>
      Promise.resolve({ view: "user-data", model: { who: whoOf(context), backHref: hrefOf(context) } }),
    submit: ({ office, user, actor }) =>
      Promise.resolve({
        type: "file",
        file: {
          name: `personal-data-${user.id}.json`,
          type: "application/json; charset=utf-8",
          write: async (sink) => {
            for await (const piece of userDeps.personalData.write(
              { id: user.id, officeId: office.id },
              actor.id,
            )) {
              await sink(piece);
            }
          },
        },
      }),
  };
}
