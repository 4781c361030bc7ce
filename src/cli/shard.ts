import type { Command } from "commander";
import { OperatorError } from "../kernel/errors.ts";
import schema from "../platform/database/schema.json" with { type: "json" };
import type { Answer } from "./answer.ts";
import { OF_OFFICES, REFERENCE } from "./shard-tables.ts";
import { addVerb, answering } from "./verb.ts";

export function addShardCommand(program: Command): void {
  addVerb(program, {
    usage: "shard",
    about: "print what makes a migrated database one of many machines; changes nothing (docs/scale.md)",
    examples: ["shard --print"],
  })
    .option("--print", "print the lines, in order, for the owner of the tables on the coordinator")
    .action(answering(shard));
}

function shard(this: Command): Promise<Answer> {
  if (this.opts<{ print?: boolean }>().print !== true) {
    throw new OperatorError("Nothing is changed by this command: add --print, and read docs/scale.md first.");
  }
  const lines = shardLines();
  return Promise.resolve({ json: { lines }, text: lines.join("\n") });
}

const FIRST = OF_OFFICES[0];

/** SQL for Citus 13, in order: roles, tables that every machine has, tables that are spread by home, functions. */
export function shardLines(): string[] {
  return [
    // The coordinator connects to the other machines as the role of the session.
    "alter role vestibule_app login;",
    // So that the office of a transaction, which row-level security reads, is known on every machine.
    "do $$ begin execute format('alter database %I set citus.propagate_set_commands = local', current_database()); end $$;",
    ...KEYS_AWAY,
    ...REFERENCE.map((table) => `select create_reference_table('${table}');`),
    ...OF_OFFICES.map((table) => {
      const together = table === FIRST ? "none" : FIRST;
      return `select create_distributed_table('${table}', 'home', colocate_with => '${together}');`;
    }),
    KEYS_BACK,
    ...functions().map(({ name, types, home }) =>
      home
        ? `select create_distributed_function('${name}(${types})', 'p_home', colocate_with => '${FIRST}', force_delegation => true);`
        : `select create_distributed_function('${name}(${types})');`,
    ),
  ];
}

/**
 * Foreign keys go, and come back as they were: a table must not be spread while one that is not spread yet names it, and one that
 * names a reference table would be made anew twice, without the functions that take its rows.
 */
const KEYS_AWAY = [
  `create temp table spread_keys as select conrelid::regclass::text as on_table, conname as name, pg_get_constraintdef(oid) as text
  from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace;`,
  `do $$ declare k record; begin for k in select * from spread_keys loop
  execute format('alter table %s drop constraint %I', k.on_table, k.name); end loop; end $$;`,
] as const;
const KEYS_BACK = `set citus.multi_shard_modify_mode = 'sequential';
do $$ declare k record; begin for k in select * from spread_keys loop
  execute format('alter table %s add constraint %I %s', k.on_table, k.name, k.text); end loop; end $$;`;

/** Those that take the home first are sent whole to the machine that has it. The others are called by statements and functions there. */
function functions() {
  return schema.things.flatMap((thing) => {
    const [, name, args] = /^function (\w+)\((.*)\)$/.exec(thing) ?? [];
    if (name === undefined || args === undefined) {
      return [];
    }
    const types = args
      .split(", ")
      .map((arg) => arg.replace(/^\w+ /, ""))
      .join(", ");
    return [{ name, types, home: args.startsWith("p_home ") }];
  });
}
