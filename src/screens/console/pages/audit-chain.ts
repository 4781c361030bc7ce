import type { ChainReport } from "../../../domain/audit/chain-verification.ts";
import type { Translate } from "../../../kernel/languages.ts";
import { dateTime } from "../../../kernel/date-format.ts";
import { officeHref, type ConsoleContext, type OfficePage, type PlatformPage, type Shown } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** Verifies that the audit log of an office was not tampered with. The check runs when the page is opened. */
export function auditChainPage({ audit }: ConsoleDeps): OfficePage {
  return {
    name: "audit-chain",
    about: "office",
    path: "/audit/chain",
    action: "audit.see",
    trail: ["audit"],
    show: async (context) =>
      shown(
        context,
        await audit.verification.verify(context.office.id),
        officeHref(context.office.code, "/audit"),
      ),
  };
}

/** The same for events outside of any office. */
export function auditChainPlatformPage({ audit }: ConsoleDeps): PlatformPage {
  return {
    name: "audit-chain-platform",
    about: "platform",
    path: "/audit/chain",
    action: "audit.see",
    trail: ["audit-platform"],
    show: async (context) => shown(context, await audit.verification.verify(null), "/console/audit"),
  };
}

function shown({ t, ...reader }: ConsoleContext, report: ChainReport, backHref: string): Shown {
  const { checked, checkpoint, head, unsealed, unsealedSince, fault } = report;
  const waiting =
    unsealedSince === null
      ? t("console.audit-chain.noneWaiting")
      : t("console.audit-chain.waiting", { count: unsealed, since: dateTime(unsealedSince, reader).text });
  return {
    view: "audit-chain",
    model: {
      isWhole: fault === null,
      verdict: verdictOf(report, t),
      facts: [
        {
          name: t("console.audit-chain.checked"),
          value: new Intl.NumberFormat(reader.language).format(checked),
        },
        { name: t("console.audit-chain.pruned"), value: String(checkpoint.position) },
        { name: t("console.audit-chain.unsealed"), value: waiting },
      ],
      head: `${String(head.position)}:${head.hash}`,
      backHref,
    },
  };
}

function verdictOf({ checked, fault }: ChainReport, t: Translate): string {
  return fault === null
    ? t("audit.pack.whole", { checked })
    : t("audit.pack.broken", {
        kind: fault.kind,
        position: fault.position ?? "–",
        event: fault.eventId ?? "–",
      });
}
