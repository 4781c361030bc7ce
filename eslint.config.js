import tseslint from "typescript-eslint";

const clock =
  "Time comes from now() of src/kernel/clock.ts, or as an argument of a pure function: one place that tests move.";
const random = "Randomness comes from src/kernel/random.ts, the one place that is reviewed for it.";

const bans = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: clock },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: random },
  {
    selector: "ImportSpecifier[imported.name=/^random(Bytes|Int|UUID|FillSync|Fill)$/]",
    message: random,
  },
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message:
      "The environment is read once, in src/server/settings/settings.ts, where every fault is told at once.",
  },
];
const redirect = {
  selector: "CallExpression[callee.property.name='redirect']",
  message: "A redirect is src/platform/web/see-other.ts's seeOther, so that each of them has status 303.",
};
const seeOther = {
  selector: "CallExpression[callee.name='seeOther']",
  message: "Only a routes.ts redirects, so that every redirect is found in one kind of file.",
};

const inferred = {
  selector: "TSTypeReference[typeName.name='ReturnType']",
  message: "Write the type: an interface beside the function that answers it.",
};

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "data/",
      "previews/",
      "assets/",
      "bin/",
      "examples/single-page/app.js",
      "test/foreign-clients/*.js",
      "test/clients/*/application.js",
      "test/every-file.mocharc.js",
      "test/four-servers.mocharc.js",
      "eslint.config.js",
      ".dependency-cruiser.js",
    ],
  },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Unions of one member grow: a comparison that is always true today is the place where the next member is handled.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/unbound-method": "off",
      "max-lines": ["error", { max: 200, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 4],
      "max-depth": ["error", 2],
      "no-else-return": "error",
      "prefer-const": "error",
      eqeqeq: "error",
    },
  },
  { files: ["src/**/*.ts"], rules: { "no-restricted-syntax": ["error", ...bans, redirect, seeOther] } },
  { files: ["src/kernel/**/*.ts"], rules: { "no-restricted-syntax": ["error", redirect, seeOther] } },
  { files: ["src/**/routes.ts"], rules: { "no-restricted-syntax": ["error", ...bans, redirect] } },
  { files: ["src/platform/web/see-other.ts"], rules: { "no-restricted-syntax": ["error", ...bans] } },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/no-unused-expressions": "off",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  // All that is built is in one folder, so that a reader can follow a store to its page; their functions are as short as
  // any. Return types are written, because an inferred one makes its reader open the whole chain below it.
  {
    files: ["src/server/wiring/*.ts"],
    rules: {
      "max-lines": ["error", { max: 700, skipBlankLines: true }],
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
      "no-restricted-syntax": ["error", ...bans, redirect, inferred],
    },
  },
  // Tables of data, one entry after the other; splitting them would not make them easier to read.
  {
    files: [
      "src/server/settings/settings-table.ts",
      "migrations/**/*.ts",
      "client/operations.ts",
      "scripts/asvs/*.ts",
      "scripts/security-meanings.ts",
    ],
    rules: { "max-lines": "off", "max-lines-per-function": "off" },
  },
);
