import { inspectHosts, type ConnectionFacts, type HostFacts } from "../platform/database/host-inspection.ts";
import { MIXES_SESSIONS, MIXES_SESSIONS_ADVICE } from "../platform/database/session-check.ts";
import type { Secret } from "../kernel/secret.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const CHECK = "Connection";

/** Which hosts answer, which of them accepts writes, and whether the connections can be eavesdropped on. */
export async function checkHosts(urls: {
  readonly application: Secret;
  readonly owner: Secret;
}): Promise<Finding[]> {
  const application = await checkAddress(urls.application);
  const owner = urls.owner === urls.application ? [] : await checkAddress(urls.owner);
  // Usually these are the same hosts, and each finding is reported once.
  const said = new Set(application.map(({ says }) => says));
  return [...application, ...owner.filter(({ says }) => !said.has(says))];
}

async function checkAddress(url: Secret): Promise<Finding[]> {
  const hosts = await inspectHosts(url);
  // When no host answers, the check of the database says why.
  return hosts.every(({ connection }) => connection === null)
    ? []
    : [...hosts.map((host) => findingOf(host, hosts)), ...tooManyPrimaries(hosts)];
}

function findingOf({ host, fault, connection }: HostFacts, all: readonly HostFacts[]): Finding {
  if (connection === null) {
    const others = all.filter((each) => each.connection !== null).map((each) => each.host);
    const advice = "Until it is back, there is nothing to fall back on.";
    return warn(
      CHECK,
      `${host} cannot be used (${fault ?? "unknown"}); ${others.join(", ")} answers`,
      advice,
    );
  }
  if (!connection.keepsSessions) {
    return fail(CHECK, `${host} ${MIXES_SESSIONS}`, MIXES_SESSIONS_ADVICE);
  }
  const says = `${host} ${connection.takesWrites ? "takes writes" : "takes no writes"}, ${wayOf(connection)}`;
  const advice = adviceOn(connection);
  return advice === null ? ok(CHECK, says) : warn(CHECK, says, advice);
}

function wayOf({ tls, verified, isOnThisMachine, arrivesInClearText }: ConnectionFacts): string {
  const behind = arrivesInClearText ? ", and a pooler in between speaks clear text to it" : "";
  if (tls === null) {
    return isOnThisMachine ? `on this machine${behind}` : "in clear text over a network";
  }
  return `${tls}, ${VERIFIED[verified]}${behind}`;
}

const VERIFIED: Record<ConnectionFacts["verified"], string> = {
  nothing: "certificate not verified",
  authority: "certificate verified, though not that it is this host's",
  host: "certificate verified",
};

function adviceOn({ tls, verified, isOnThisMachine, arrivesInClearText }: ConnectionFacts): string | null {
  if (tls === null && !isOnThisMachine) {
    return "Write sslmode=verify-full and sslrootcert in its address: it carries personal data and all secrets of sign-ins.";
  }
  if (arrivesInClearText) {
    return "Let the pooler speak TLS to PostgreSQL (PgBouncer: server_tls_sslmode).";
  }
  return tls !== null && verified !== "host" && !isOnThisMachine
    ? "Write sslmode=verify-full and sslrootcert in its address: an attacker on the way can pretend to be the database."
    : null;
}

function tooManyPrimaries(hosts: readonly HostFacts[]): Finding[] {
  const writable = hosts.filter(({ connection }) => connection?.takesWrites === true).map(({ host }) => host);
  return writable.length > 1
    ? [
        fail(
          CHECK,
          `${writable.join(" and ")} both take writes, so each may lack what the other has`,
          "Stop the one that is no longer the primary.",
        ),
      ]
    : [];
}
