import { startSmsStandIn, type SmsStandIn } from "../test/support/sms-stand-in.ts";
import { interleave } from "./interleave.ts";
import type { AnyFlowName } from "./load.ts";
import type { Options } from "./options.ts";
import { newInstallation } from "./servers.ts";
import { hundredths, table, tenths } from "./table.ts";
import { prepareTarget } from "./target.ts";

const PROVIDERS: readonly (readonly [string, (provider: SmsStandIn) => void])[] = [
  ["at once", () => undefined],
  ["after 3 s", (provider) => provider.delay(3_000)],
  ["never", (provider) => provider.fault("silent")],
];
const FLOWS: readonly AnyFlowName[] = ["text-message", "sign-in"];

/**
 * For a provider on loopback. As many messages as the settings allow: what is measured is the pages, not the budget of
 * messages.
 */
export const TEXTING = {
  NODE_ENV: "development",
  VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT: "yes",
  VESTIBULE_DEMO: "no",
  VESTIBULE_SMS_NUMBER_HOUR: "20",
  VESTIBULE_SMS_NUMBER_DAY: "50",
  VESTIBULE_SMS_ACCOUNT_DAY: "100",
  VESTIBULE_SMS_ADDRESS_HOUR: "10000",
  VESTIBULE_SMS_PREFIX_HOUR: "10000",
};

/** Pages while the provider of text messages answers at once, slowly, and not at all; in turn. Answers the table. */
export async function slowProvider(options: Options): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const targets = [];
  for (const [name, spoil] of PROVIDERS) {
    const provider = stack.adopt(await startSmsStandIn(), (standIn) => standIn.stop());
    spoil(provider);
    const installation = stack.use(await newInstallation({ ...TEXTING, ...provider.environment }));
    const server = stack.use(await installation.start(`provider that answers ${name}`));
    targets.push(await prepareTarget(server, installation.dataDir));
  }
  const results = await interleave(targets, { ...options, flows: FLOWS });
  return table(
    ["provider answers", ...FLOWS.flatMap((flow) => [`${flow}: p50 ms`, "p95 ms", "ratio of p95"])],
    PROVIDERS.map(([name], index) => [
      name,
      ...FLOWS.flatMap((flow) => {
        const [fast, here] = [results.get(flow)?.[0], results.get(flow)?.[index]];
        const [p50, p95] = [here?.p50 ?? NaN, here?.p95 ?? NaN];
        return [tenths(p50), tenths(p95), hundredths(p95 / (fast?.p95 ?? NaN))];
      }),
    ]),
  );
}
