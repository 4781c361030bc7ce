import type { Command } from "commander";
import type { ChainMark } from "../domain/audit/chain-check.ts";
import type { ChainReport } from "../domain/audit/chain-verification.ts";
import type { Services } from "../server/wiring/services.ts";
import { OperatorError } from "../kernel/errors.ts";
import { table, type Answer } from "./answer.ts";
import { addAuditExportCommand } from "./audit-export.ts";
import { addAuditPackCommand } from "./audit-pack.ts";
import { describeChainFault } from "./audit-fault.ts";
import { getOffice } from "./get-office.ts";
import { addNoun, addVerb, answering } from "./verb.ts";
import { withServices } from "./with-services.ts";

interface VerifyOptions {
  readonly office?: string;
  readonly platform?: boolean;
  readonly known?: string;
}

/** The office of the events; the id is null for those without office. */
interface Scope {
  readonly officeId: string | null;
  readonly name: string;
}

const PLATFORM: Scope = { officeId: null, name: "(no office)" };
const MAX_OFFICES = 100_000;

/** `audit`: verifies and prunes the audit log. */
export function addAuditCommands(program: Command): void {
  const noun = addNoun(program, {
    usage: "audit",
    about: "the audit log as evidence: who did what to whom, and proof that it was not changed afterwards",
    examples: ["audit verify", "audit export --office NOORD"],
  });
  addVerb(noun, {
    usage: "verify",
    about: "check that no event was changed, removed, inserted or moved; exit code 1 if one was",
    examples: ["audit verify", "audit verify --office NOORD --known 4711:9f2c…"],
  })
    .option("--office <code>", "this office's events (default: every office's, and those without office)")
    .option("--platform", "the events without office")
    .option("--known <head>", "an earlier head, as position:hash; the chain must still go through it")
    .action(answering(withServices(verify)));
  addAuditExportCommand(noun);
  addAuditPackCommand(noun);
  addVerb(noun, {
    usage: "prune",
    about: "remove events that are older than VESTIBULE_AUDIT_DAYS now, as running servers do by themselves",
    examples: ["audit prune"],
  }).action(answering(withServices(prune)));
}

async function verify(services: Services, options: VerifyOptions): Promise<Answer> {
  const known = knownOf(options);
  const scopes = await scopesOf(services, options);
  const reports: (ChainReport & { readonly chain: string })[] = [];
  for (const { name, officeId } of scopes) {
    reports.push({ chain: name, ...(await services.auditLog.verification.verify(officeId, known)) });
  }
  const rows = reports.map(({ chain, checked, checkpoint, head, unsealed, fault }) => [
    chain,
    String(checked),
    String(checkpoint.position),
    String(unsealed),
    `${String(head.position)}:${head.hash}`,
    fault === null ? "whole" : describeChainFault(fault),
  ]);
  return {
    json: reports,
    text: table(["OFFICE", "CHECKED", "PRUNED", "UNSEALED", "HEAD", "RESULT"], rows, ""),
    isBad: reports.some(({ fault }) => fault !== null),
  };
}

/** The chains that the options select. */
async function scopesOf(services: Services, { office, platform }: VerifyOptions): Promise<Scope[]> {
  if (office !== undefined) {
    const { id, code } = await getOffice(services, office);
    return [{ officeId: id, name: code }];
  }
  if (platform === true) {
    return [PLATFORM];
  }
  const offices = await services.offices.list(MAX_OFFICES);
  return [PLATFORM, ...offices.map(({ id, code }) => ({ officeId: id, name: code }))];
}

function knownOf({ known, office, platform }: VerifyOptions): ChainMark | null {
  if (known === undefined) {
    return null;
  }
  const [, position, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(known) ?? [];
  if (position === undefined || hash === undefined) {
    throw new OperatorError('--known must be a position and a hash, as "audit verify" prints a head.');
  }
  if ((office === undefined) === (platform === undefined)) {
    throw new OperatorError("--known belongs to one chain: give --office or --platform with it.");
  }
  return { position: Number(position), hash };
}

async function prune({ auditLog, settings }: Services): Promise<Answer> {
  let pruned = 0;
  for (let found = await auditLog.retention.prune(); found > 0; found = await auditLog.retention.prune()) {
    pruned += found;
  }
  const before = auditLog.retention.before.toISOString().slice(0, 10);
  return {
    json: { pruned, before, days: settings.auditDays },
    text: `${String(pruned)} events of before ${before} were removed (VESTIBULE_AUDIT_DAYS is ${String(settings.auditDays)}).`,
  };
}
