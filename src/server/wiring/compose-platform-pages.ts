import type { Services } from "./compose.ts";
import type { PlatformParts, SigningKeyDesk } from "../../screens/console/platform-parts.ts";
import { systemClock } from "../../kernel/clock.ts";

/** What the console needs for the platform itself. */
export function composePlatformPages(services: Services): PlatformParts {
  const { officeService: offices, administration } = services;
  return { offices, settings: administration.settings, keys: keyDesk(services), clock: systemClock };
}

const keyDesk = ({ signingKeys, audit }: Services): SigningKeyDesk => ({
  list: () => signingKeys.list(),
  rotate: (newest, { actor, aheadMinutes }) =>
    signingKeys.rotateOnce(newest, {
      aheadMinutes,
      tell: (tx) =>
        audit.add(tx, {
          type: "signing-key.rotated",
          outcome: "ok",
          officeId: null,
          actor,
          details: { inMinutes: aheadMinutes },
        }),
    }),
});
