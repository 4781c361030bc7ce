import { fault } from "../../../platform/web/page-kit.ts";
import type { ConsoleContext, PlatformPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

const BACK = "/console/signing-keys";

/** When the new keys start to sign: after every application has fetched them, or as soon as all servers know them. */
const AHEAD_MINUTES = { planned: 24 * 60, urgent: 10 } as const;
type Moment = keyof typeof AHEAD_MINUTES;

const isMoment = (text: string): text is Moment => Object.hasOwn(AHEAD_MINUTES, text);

/** Rotates the signing keys ahead of schedule. */
export function signingKeysRotatePage({ platform, tokens }: ConsoleDeps): PlatformPage {
  return {
    name: "signing-keys-rotate",
    about: "platform",
    path: "/signing-keys/rotate",
    action: "signing-keys.rotate",
    trail: ["signing-keys"],
    keeps: ["moment", "seen"],
    show: async (context) => {
      const [newest] = await platform.keys.list();
      return {
        view: "signing-keys-rotate",
        model: {
          values: { moment: "planned", seen: tokens.sign(useOf(context), newest?.id ?? "") },
          moments: (["planned", "urgent"] as const).map((value) => ({
            value,
            label: context.t(`console.signing-keys-rotate.${value}`),
            hint: context.t(`console.signing-keys-rotate.${value}Hint`),
          })),
          backHref: BACK,
        },
      };
    },
    submit: async (context, { moment = "", seen = "" }) => {
      if (!isMoment(moment)) {
        const message = context.t("console.audit-export.wrongChoice");
        return fault("moment", message, { seen });
      }
      const newest = tokens.read(useOf(context), seen);
      const by = { actor: context.actor.id, aheadMinutes: AHEAD_MINUTES[moment] };
      // The keys were rotated in the meantime, perhaps by a double click: the list shows the result.
      const isDone = newest !== null && (await platform.keys.rotate(newest, by));
      return { type: isDone ? "done" : "go", to: BACK };
    },
  };
}

const useOf = ({ session }: ConsoleContext): string => `signing keys ${session.uid}`;
