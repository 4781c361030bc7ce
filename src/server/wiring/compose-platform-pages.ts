import type { Services } from "./compose.ts";
import type { PlatformDeps, SigningKeyDesk } from "../../screens/console/console-deps.ts";
import { systemClock } from "../../kernel/clock.ts";

/** What the console needs for the platform itself. */
export function composePlatformPages(services: Services): PlatformDeps {
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
