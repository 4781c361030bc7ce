import { setTimeout as wait } from "node:timers/promises";
import { codeAt } from "../src/domain/factors/totp.ts";
import { startSmsStandIn, type SmsStandIn } from "../test/support/sms-stand-in.ts";
import { countFlows } from "./count-flows.ts";
import { numberOf, rivalTextVisitor } from "./fixtures.ts";
import { interleave } from "./interleave.ts";
import type { AnyFlowName } from "./load.ts";
import type { Options } from "./options.ts";
import { TEXTING } from "./provider.ts";
import { newInstallation, startRival } from "./servers.ts";
import { hundredths, table, tenths, whole } from "./table.ts";
import { prepareTarget } from "./target.ts";

const FLOW: AnyFlowName = "sign-in-text";

/**
 * A whole sign-in by text message, from the queue and the provider's stand-in to the tokens. The rival sends none: beside it, the
 * same people give a code of an app. Answers the table.
 */
export async function signInByText(options: Options): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const provider = stack.adopt(await startSmsStandIn(), (standIn) => standIn.stop());
  const installation = stack.use(await newInstallation({ ...TEXTING, ...provider.environment }));
  const ours = stack.use(await installation.start("Vestibule"));
  const target = await prepareTarget(ours, installation.dataDir);
  const theirs = stack.use(await startRival(target.server.algorithm));
  const rival = await prepareTarget(theirs, null);
  const readText = codeReader(provider);
  target.users.forEach((user) => (user.textCode = readText));
  rival.users.forEach((user) => (user.textCode = appCode));
  const counts = await countFlows(target, [FLOW]);
  const results = await interleave([target, rival], { ...options, flows: [FLOW] });
  const [own, other] = results.get(FLOW) ?? [];
  const { statements = NaN, commits = NaN } = counts.get(FLOW) ?? {};
  return table(
    ["flows in a second", "Vestibule", "in memory", "ratio", "p50 ms", "p95 ms", "statements", "commits"],
    [
      [
        FLOW,
        whole(own?.rate ?? NaN),
        whole(other?.rate ?? NaN),
        hundredths((own?.rate ?? NaN) / (other?.rate ?? NaN)),
        tenths(own?.p50 ?? NaN),
        tenths(own?.p95 ?? NaN),
        tenths(statements),
        tenths(commits),
      ],
    ],
  );
}

/** Waits for the next message to a number, and reads its code. */
export function codeReader({ taken }: SmsStandIn): (textUser: number) => Promise<string> {
  const read = new Map<string, string>();
  return async (textUser) => {
    const to = numberOf(textUser).slice(1);
    let message;
    while (message === undefined || message.id === read.get(to)) {
      await wait(2);
      message = taken.findLast((one) => one.to === to);
    }
    read.set(to, message.id);
    return /\d{6}/.exec(message.text)?.[0] ?? "";
  };
}

const appCode = (textUser: number): Promise<string> =>
  Promise.resolve(codeAt(rivalTextVisitor(textUser).secret ?? "", Date.now() / 1000));
