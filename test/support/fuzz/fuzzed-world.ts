import { seeded } from "../seeded.ts";
import { withOwnGateway } from "../sms-http-stand-in.ts";
import { useSmsStandIn } from "../sms-stand-in.ts";
import { useVestibule, type World } from "../use-vestibule.ts";
import { FUZZED, Fuzzer, type FuzzReport } from "./fuzz.ts";

/** A server with everything that can be on. Call it inside `describe`. */
export function useFuzzedWorld(): World {
  const provider = useSmsStandIn();
  return useVestibule({
    settings: () => ({ ...withOwnGateway(provider.environment), ...FUZZED }),
    office: {},
    user: {},
    application: { postLogoutRedirectUris: ["https://app.test/"] },
  });
}

/** The seed of this run, and what makes a fuzzer of it; without a fixed one every run has another. */
export function newFuzzer(fixed?: number): { readonly seed: number; readonly of: (world: World) => Fuzzer } {
  const random = seeded(fixed);
  return { seed: random.seed, of: (world) => new Fuzzer(world, random) };
}

/** What was found, to be read by a person; empty when nothing was. */
export const tellFindings = ({ findings }: FuzzReport): string =>
  findings
    .map(({ route, actor, operator, complaints, request, answer }) =>
      [complaints.join("; "), `${route} by ${actor}: ${operator}`, request, answer].join("\n"),
    )
    .join("\n\n");
