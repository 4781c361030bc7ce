import {
  hasInstallation,
  inspectDatabase,
  inspectSchema,
  type DatabaseFacts,
  type SchemaFacts,
} from "../platform/database/inspection.ts";
import { joinSome } from "../platform/database/schema-check.ts";
import { now } from "../kernel/clock.ts";
import { databaseFaultAtStart } from "../platform/database/database-fault.ts";
import { codeOf, OperatorError } from "../kernel/errors.ts";
import type { Secret } from "../kernel/secret.ts";
import { capacityOf, MORE_CONNECTIONS } from "./doctor-capacity.ts";
import { checkHosts } from "./doctor-hosts.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

/** The findings, and whether the installation can be opened without changing it. */
interface DatabaseCheck {
  readonly findings: readonly Finding[];
  readonly isInstalled: boolean;
  readonly isUpToDate: boolean;
}

interface Urls {
  readonly application: Secret;
  readonly owner: Secret;
}

const UNTIL_THEN = "Vestibule cannot start before this is fixed.";
const OLDEST = 150_000;
/** Network time keeps machines within `warn`; beyond `fail`, codes and tokens are refused. */
const CLOCK_SECONDS = { warn: 2, fail: 30 } as const;

/** Reachable, of a supported version, with roles of limited rights, and migrated. */
export async function checkDatabase(urls: Urls): Promise<DatabaseCheck> {
  try {
    const hosts = await checkHosts(urls);
    const facts = await inspectDatabase(urls.application);
    const findings = [versionOf(facts), ...hosts, ...capacityOf(facts), clockOf(facts), ...rolesOf(facts)];
    return await withSchema(urls.owner, facts.login, findings);
  } catch (error) {
    return notInstalled([fail("Database", `cannot be used: ${reasonOf(error)}`, adviceOn(error))]);
  }
}

const notInstalled = (findings: readonly Finding[]): DatabaseCheck => ({
  findings,
  isInstalled: false,
  isUpToDate: false,
});

/** What the operator can do about a database that refuses the connection. */
function adviceOn(error: unknown): string {
  const fault = databaseFaultAtStart(error);
  switch (fault?.kind) {
    case "busy":
      return MORE_CONNECTIONS;
    case "full":
      return "Make room on its disk.";
    case "broken":
      return "See PostgreSQL's own log; restore a backup if its files are damaged.";
    case "unreachable":
    case "read-only":
    case "refused":
    case undefined:
      return "Start PostgreSQL, or correct DATABASE_URL.";
  }
}

function reasonOf(error: unknown): string {
  const fault = databaseFaultAtStart(error);
  if (fault !== null) {
    return fault.code === null ? fault.text : `${fault.text} (${fault.code})`;
  }
  return error instanceof Error && error.message !== "" ? error.message : (codeOf(error) ?? "unknown");
}

function versionOf({ version, versionNumber }: DatabaseFacts): Finding {
  return versionNumber < OLDEST
    ? fail("Database", `PostgreSQL ${version}`, "Vestibule needs PostgreSQL 15 to 18.")
    : ok("Database", `PostgreSQL ${version}`);
}

function clockOf({ time }: DatabaseFacts): Finding {
  const seconds = Math.abs(time.getTime() - now().getTime()) / 1000;
  const says = `${seconds.toFixed(1)} seconds apart from the database's`;
  const advice = "Keep both machines on network time: codes and tokens live by the clock.";
  if (seconds > CLOCK_SECONDS.fail) {
    return fail("Clock", says, advice);
  }
  return seconds > CLOCK_SECONDS.warn
    ? warn("Clock", says, advice)
    : ok("Clock", "agrees with the database's");
}

function rolesOf({ login, isLoginPrivileged, role }: DatabaseFacts): Finding[] {
  if (role === null) {
    return [warn("Roles", "not made yet", 'The first start, or "npx vestibule migrate", makes them.')];
  }
  if (role.isPrivileged) {
    return [fail("Roles", "vestibule_app has rights of an owner or administrator", "Take them from it.")];
  }
  if (role.auditPrivileges.length > 0) {
    const advice = role.auditPrivileges.map((each) => `revoke ${each} from vestibule_app;`).join(" ");
    return [fail("Roles", "vestibule_app can change the audit log", advice)];
  }
  if (!role.isGranted) {
    return [fail("Roles", `${login} may not work as vestibule_app`, `grant vestibule_app to ${login};`)];
  }
  return isLoginPrivileged
    ? [
        warn(
          "Roles",
          `the server works as vestibule_app, but logs in as ${login}, who may do everything`,
          "Give it a login role of its own in DATABASE_URL, and name the owner in VESTIBULE_DATABASE_OWNER_URL.",
        ),
      ]
    : [
        ok(
          "Roles",
          `the server logs in as ${login} and works as vestibule_app, which cannot change the audit log`,
        ),
      ];
}

async function withSchema(
  owner: Secret,
  serverLogin: string,
  findings: readonly Finding[],
): Promise<DatabaseCheck> {
  try {
    const facts = await inspectSchema(owner, serverLogin);
    const { waiting, functions, tooNew } = facts.migrations;
    const isUpToDate = waiting.length + functions.length + tooNew.length === 0;
    return {
      findings: [...findings, migrationsOf(facts.migrations), ...(isUpToDate ? schemaOf(facts) : [])],
      isInstalled: isUpToDate && facts.fault === null && (await hasInstallation(owner)),
      isUpToDate,
    };
  } catch (error) {
    if (error instanceof OperatorError) {
      return notInstalled([...findings, fail("Migrations", error.message, UNTIL_THEN)]);
    }
    const advice = "Name the role that owns the tables in VESTIBULE_DATABASE_OWNER_URL.";
    return notInstalled([...findings, fail("Migrations", `cannot be looked at: ${reasonOf(error)}`, advice)]);
  }
}

/** Whether everything that the migrations create exists, and both roles have the rights that they need. */
function schemaOf({ fault, gaps }: SchemaFacts): Finding[] {
  if (fault !== null) {
    return [fail("Schema", fault, UNTIL_THEN)];
  }
  return [ok("Schema", "whole"), ...rightsOf(gaps), backupRoleOf(gaps)];
}

/** `rolesOf` already reports whether the login is a member of the role. */
function rightsOf({ server }: SchemaFacts["gaps"]): Finding[] {
  const lacking = server.filter((statement) => !statement.startsWith("grant vestibule_app to "));
  const advice = `"npx vestibule migrate" gives them, with VESTIBULE_DATABASE_OWNER_URL set. Or type as the owner of the tables: ${joinSome(lacking)}`;
  return lacking.length > 0
    ? [fail("Rights", `vestibule_app lacks ${String(lacking.length)}, as after a restore`, advice)]
    : [];
}

function backupRoleOf({ backup }: SchemaFacts["gaps"]): Finding {
  if (backup.length === 0) {
    return ok("Backup role", "members of vestibule_backup may dump every row");
  }
  const says = backup.some((statement) => statement.startsWith("create role"))
    ? "vestibule_backup is missing, so no login but a superuser can dump the database"
    : `vestibule_backup lacks ${String(backup.length)}, so a dump would fail or leave rows out`;
  return warn(
    "Backup role",
    says,
    `"npx vestibule migrate" gives what is missing, where the owner may. Or type as the database's administrator: ${joinSome(backup)}`,
  );
}

function migrationsOf({ waiting, functions, newer, tooNew }: SchemaFacts["migrations"]): Finding {
  if (tooNew.length > 0) {
    const advice = "Start that version, or restore an older backup.";
    return fail("Migrations", `the database belongs to a newer Vestibule (${tooNew.join(", ")})`, advice);
  }
  if (newer.length > 0) {
    const advice = "Fine while an upgrade is under way; finish it.";
    return warn("Migrations", `of a newer Vestibule, with which this one works: ${newer.join(", ")}`, advice);
  }
  const all = [...waiting, ...functions.map(({ name }) => `functions/${name}.sql`)];
  return all.length > 0
    ? warn(
        "Migrations",
        `waiting: ${all.join(", ")}`,
        'The next start, or "npx vestibule migrate", runs them.',
      )
    : ok("Migrations", "up to date");
}
