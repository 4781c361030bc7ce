import { dateTime } from "../../../kernel/date-format.ts";
import { epochSeconds } from "../../../kernel/clock.ts";
import { permit } from "../../../domain/access/access.ts";
import type { PlatformPage } from "../page.ts";
import type { ConsoleDeps } from "../console-deps.ts";

/** The signing keys and their status. */
export function signingKeysPage({ platform }: ConsoleDeps): PlatformPage {
  return {
    name: "signing-keys",
    about: "platform",
    path: "/signing-keys",
    action: "signing-keys.see",
    isEntry: true,
    show: async ({ actor, target, t, ...reader }) => {
      const at = (date: Date) => dateTime(epochSeconds(date), reader).text;
      const keys = await platform.keys.list();
      return {
        view: "signing-keys",
        model: {
          keys: keys.map(({ id, algorithm, state, usedFrom, expiresAt }) => ({
            ...{ id, algorithm },
            state: t(`console.signing-keys.${state}`),
            usedFrom: at(usedFrom),
            until: expiresAt === null ? "–" : at(expiresAt),
          })),
          rotateHref:
            permit(actor, "signing-keys.rotate", target) === "never" ? null : "/console/signing-keys/rotate",
        },
      };
    },
  };
}
