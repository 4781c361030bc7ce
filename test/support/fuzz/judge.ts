import type { LogLine } from "../log-capture.ts";
import { headerOf, type Answer } from "./exchange.ts";
import type { Draft } from "./draft.ts";

/** An answer, and what the server has logged of it. */
export interface Outcome {
  readonly route: string;
  readonly operator: string;
  readonly draft: Draft;
  readonly answer: Answer;
  /** The lines with the request's id. */
  readonly lines: readonly LogLine[];
}

/** Endpoints for programs: whatever is wrong, the answer is JSON. */
const PROGRAMS = new Set([
  "/token",
  "/introspect",
  "/revoke",
  "/par",
  "/userinfo",
  "/jwks",
  "/device/authorize",
  "/.well-known/openid-configuration",
  "/.well-known/oauth-authorization-server",
]);

/** Traces of the program, of its database and of its libraries. */
const INTERNALS =
  /\n\s+at \S|node_modules|\.ts:\d|\.js:\d|file:\/\/\/[^e]|node:internal|SQLSTATE|syntax error at|invalid input syntax|invalid byte sequence|violates \w+[- ]\w+ constraint|relation "|TypeError|RangeError|SyntaxError|ReferenceError|Template render error|\[object Object\]|server_error/;

/** What is wrong with an answer; empty when nothing is. */
export function judge({ route, operator, draft, answer, lines }: Outcome): string[] {
  const { status, headers, body } = answer;
  const complaints: string[] = [];
  const complain = (is: boolean, what: string) => {
    if (is) {
      complaints.push(what);
    }
  };
  complain(answer.isHanging, "no answer came");
  complain(status === 0 && !mayEndWithoutAnswer(operator), "the connection ended without an answer");
  complain(status >= 500, `status ${String(status)}`);
  complain(INTERNALS.test(body), "the answer shows internals");
  complain(
    headers.has("planted") || /planted=/.test(headers.get("set-cookie")?.join() ?? ""),
    "split headers",
  );
  complain(status > 0 && headers.has("x-powered-by"), "names its software");
  const isOurs = headers.has("x-request-id");
  complain(
    !isOurs && status !== 0 && ![400, 431, 408, 417].includes(status),
    "an answer without the middleware",
  );
  if (isOurs && status >= 400 && draft.method !== "HEAD" && !isProblem(answer) && !isScimError(answer)) {
    complaints.push(...(isForProgram(route, operator) ? ofProgram(answer) : ofPage(answer)));
  }
  complaints.push(...ofRedirect(answer), ...ofLog(lines, isOurs, answer));
  return complaints;
}

/** A spoilt path or host may lead elsewhere. */
const isForProgram = (route: string, operator: string): boolean =>
  PROGRAMS.has(route.split(" ")[1] ?? "") && !operator.includes("path");

const mayEndWithoutAnswer = (operator: string): boolean =>
  /longer length|CONNECT|1 MB|ten thousand/.test(operator);

/** An answer of the management API (RFC 9457): a stable code, and the id of the request. */
function isProblem(answer: Answer): boolean {
  if (!headerOf(answer, "content-type").startsWith("application/problem+json")) {
    return false;
  }
  const { code, status, requestId } = JSON.parse(answer.body) as Record<string, unknown>;
  return (
    typeof code === "string" && status === answer.status && requestId === headerOf(answer, "x-request-id")
  );
}

/** An answer of SCIM (RFC 7644 section 3.12). */
function isScimError(answer: Answer): boolean {
  if (!headerOf(answer, "content-type").startsWith("application/scim+json")) {
    return false;
  }
  const { schemas, status, detail } = JSON.parse(answer.body) as Record<string, unknown>;
  return Array.isArray(schemas) && status === String(answer.status) && typeof detail === "string";
}

function ofProgram(answer: Answer): string[] {
  if (!headerOf(answer, "content-type").startsWith("application/json")) {
    return [`answers a program with ${headerOf(answer, "content-type")}`];
  }
  try {
    const { error, error_description: description } = JSON.parse(answer.body) as Record<string, unknown>;
    const isHelpful = typeof description === "string" && description.length > 10;
    return typeof error === "string" && isHelpful
      ? []
      : [`an OAuth error that does not help: ${answer.body}`];
  } catch {
    return ["JSON that cannot be read"];
  }
}

function ofPage(answer: Answer): string[] {
  const type = headerOf(answer, "content-type");
  if (type.startsWith("application/json") || answer.body === "") {
    return [];
  }
  if (!type.startsWith("text/html")) {
    return [`answers a browser with ${type}`];
  }
  const isPage = /^<!doctype html>/i.test(answer.body) && /<h1/.test(answer.body);
  const isProtected = headerOf(answer, "content-security-policy").includes("default-src 'none'");
  return isPage && isProtected ? [] : ["an error that is no page of ours"];
}

function ofRedirect(answer: Answer): string[] {
  const location = headerOf(answer, "location");
  if (location === "" || !/[?&#]error=/.test(location)) {
    return [];
  }
  const description = /[?&#]error_description=([^&]*)/.exec(location)?.[1] ?? "";
  return description.length > 10 ? [] : [`an OAuth error that does not help: ${location}`];
}

function ofLog(lines: readonly LogLine[], isOurs: boolean, { status }: Answer): string[] {
  const words = lines.map(({ level, msg }) => `${level}: ${msg ?? ""}`).join("; ");
  const [requests, others] = [0, 1].map(
    (other) => lines.filter(({ msg }) => Number(msg !== "request") === other).length,
  );
  const complaints: string[] = [];
  if (isOurs && status > 0 && requests !== 1) {
    complaints.push(`${String(requests)} lines of the request in the log`);
  }
  if ((others ?? 0) > 1) {
    complaints.push(`several lines in the log: ${words}`);
  }
  if (lines.some(({ level }) => level === "error" || level === "fatal")) {
    complaints.push(`an error in the log: ${words}`);
  }
  return complaints;
}
