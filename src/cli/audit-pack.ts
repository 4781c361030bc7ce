import { open, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Services } from "../server/wiring/services.ts";
import { codeOf, OperatorError } from "../kernel/errors.ts";
import type { Answer } from "./answer.ts";
import { describeChainFault } from "./audit-fault.ts";
import { getOffice } from "./get-office.ts";
import { addVerb, answering } from "./verb.ts";
import { ACTOR, withServices } from "./with-services.ts";

interface PackOptions {
  readonly office: string;
  readonly out: string;
}

/** `audit pack`: the ZIP file for an auditor. */
export function addAuditPackCommand(noun: Command): void {
  addVerb(noun, {
    usage: "pack",
    about:
      "write what an auditor asks an office for: policy, who has which method, changes of a year, verification",
    examples: ["audit pack --office NOORD --out noord-2026.zip"],
  })
    .requiredOption("--office <code>", "the office's code")
    .requiredOption("--out <file>", "ZIP file to write; never replaces one")
    .action(answering(withServices(pack)));
}

async function pack(services: Services, { office: typed, out }: PackOptions): Promise<Answer> {
  const office = await getOffice(services, typed);
  const file = resolve(out);
  const { people, changes, chain } = await writeTo(file, (sink) =>
    services.auditLog.pack.write(office, sink),
  );
  const events = [...changes.values()].reduce((sum, count) => sum + count, 0);
  await services.audit.addAlone({
    type: "audit.exported",
    outcome: "ok",
    officeId: office.id,
    actor: ACTOR,
    details: { pack: true, events },
  });
  const result = chain.fault === null ? "The log is whole." : describeChainFault(chain.fault);
  return {
    json: { file, people: people.length, changes: events, chain },
    text: `${file} has ${String(people.length)} users and ${String(events)} changes. ${result}`,
    isBad: chain.fault !== null,
  };
}

/** Readable only by its owner, because it contains names; an incomplete file is removed. */
async function writeTo<T>(
  file: string,
  work: (sink: (bytes: Buffer) => Promise<void>) => Promise<T>,
): Promise<T> {
  const handle = await open(file, "wx", 0o600).catch((error: unknown) => {
    const isThere = codeOf(error) === "EEXIST";
    throw new OperatorError(
      isThere ? `${file} is there already. Choose another file.` : `${file} cannot be written.`,
      { cause: error },
    );
  });
  try {
    return await work(async (bytes) => {
      await handle.appendFile(bytes);
    });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}
