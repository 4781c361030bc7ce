import { officeHref, type OfficePage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** One file with the documents that an auditor of the office needs. */
export function auditPackPage({ audit }: ConsoleDeps): OfficePage {
  return {
    name: "audit-pack",
    about: "office",
    path: "/audit/pack",
    action: "audit.pack",
    trail: ["audit"],
    show: ({ office, t }) =>
      Promise.resolve({
        view: "audit-pack",
        model: {
          contents: ["report", "people", "changes"].map((name) => t(`console.audit-pack.${name}`)),
          backHref: officeHref(office.code, "/audit"),
        },
      }),
    submit: async ({ office, actor, visitor }) => {
      const who = { actor: actor.id, officeId: office.id, visitor };
      await audit.log.addAlone({ type: "audit.exported", outcome: "ok", ...who, details: { pack: true } });
      return {
        type: "file",
        file: {
          name: `audit-pack-${office.code.toLowerCase()}.zip`,
          type: "application/zip",
          write: (sink) => audit.pack.write(office, sink),
        },
      };
    },
  };
}
