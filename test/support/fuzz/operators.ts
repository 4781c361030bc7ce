import { bodyOperators } from "./body-operators.ts";
import { fieldOperators } from "./field-operators.ts";
import { headerOperators } from "./header-operators.ts";
import { whole, type Operator } from "./operator.ts";
import { pathOperators } from "./path-operators.ts";

const METHODS = "HEAD OPTIONS TRACE PUT PATCH DELETE PROPFIND PURGE GET POST get FOO CONNECT".split(" ");

/** Each way to spoil a request. */
export const OPERATORS: readonly Operator[] = [
  ...fieldOperators,
  ...bodyOperators,
  ...headerOperators,
  ...pathOperators,
  ...METHODS.map((method) => whole(`method: ${method}`, () => ({ method }))),
];
