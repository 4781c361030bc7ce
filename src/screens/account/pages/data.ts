import type { PersonalData } from "../../../domain/users/personal-data.ts";
import type { ChangePage } from "../page.ts";

/** Everything that is stored about the user, as a file (GDPR articles 15 and 20). It needs a fresh sign-in: a thief of a session would like it, too. */
export function dataPage(personalData: PersonalData): ChangePage {
  return {
    path: "/account/data",
    change: "data",
    tab: "general",
    needsFactor: false,
    show: ({ overview }) => Promise.resolve({ view: "data", office: overview.office, model: {} }),
    submit: ({ session: { account } }) =>
      Promise.resolve({
        type: "file",
        file: {
          name: `personal-data-${account.username}.json`,
          type: "application/json; charset=utf-8",
          write: async (sink) => {
            const owner = { id: account.id, officeId: account.office.id };
            for await (const piece of personalData.write(owner, account.id)) {
              await sink(piece);
            }
          },
        },
      }),
  };
}
