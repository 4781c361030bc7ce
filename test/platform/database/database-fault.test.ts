import { expect } from "chai";
import {
  databaseFault,
  databaseFaultAtStart,
  type DatabaseFaultKind,
} from "../../../src/platform/database/database-fault.ts";
import { PageError } from "../../../src/kernel/errors.ts";

const withCode = (code: string, more: object = {}) =>
  Object.assign(new Error("of a test"), { code, ...more });

const CODES: Record<DatabaseFaultKind, string[]> = {
  unreachable:
    "08000 08001 08003 08004 08006 08P01 57000 57P01 57P02 57P03 57P05 ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH".split(
      " ",
    ),
  busy: "25P03 25P04 40001 40P01 53000 53200 53300 53400 55P03 57014".split(" "),
  "read-only": ["25006"],
  full: ["53100"],
  refused: "28000 28P01 3D000 57P04 CERT_HAS_EXPIRED DEPTH_ZERO_SELF_SIGNED_CERT".split(" "),
  broken: "58000 58030 58P01 58P02 XX000 XX001 XX002 26000 42P05".split(" "),
};

const MESSAGES: Record<string, DatabaseFaultKind> = {
  "Connection terminated unexpectedly": "unreachable",
  "Connection terminated": "unreachable",
  "Connection terminated due to connection timeout": "unreachable",
  "Client has encountered a connection error and is not queryable": "unreachable",
  "Client was closed and is not queryable": "unreachable",
  "Query read timeout": "unreachable",
  "timeout expired": "unreachable",
  "Cannot use a pool after calling end on the pool": "unreachable",
  "timeout exceeded when trying to connect": "busy",
  "Knex: Timeout acquiring a connection. The pool is probably full.": "busy",
  "The transaction was rolled back by the database.": "busy",
  "The server does not support SSL connections": "refused",
  "Received unexpected dataRow message from backend.": "broken",
};

describe("how a fault of the database is judged", () => {
  for (const [kind, codes] of Object.entries(CODES)) {
    for (const code of codes) {
      it(`${code}: ${kind}`, () => {
        const fault = databaseFault(withCode(code));
        expect(fault?.kind).to.equal(kind);
        expect(fault?.code).to.equal(code);
        expect(fault?.text).to.match(/^[a-z].*[^.]$/);
        expect(fault?.retryAfter).to.be.within(1, 60);
      });
    }
  }

  for (const [message, kind] of Object.entries(MESSAGES)) {
    it(`"${message}": ${kind}`, () => {
      expect(databaseFault(new Error(message))?.kind).to.equal(kind);
    });
  }

  for (const code of ["25006", "57P01", "25P03", "ECONNRESET", "08006"]) {
    it(`${code} ends the use of the connection`, () => {
      expect(databaseFault(withCode(code))?.dropsConnection).to.equal(true);
    });
  }

  for (const code of ["53100", "57014", "55P03", "40P01"]) {
    it(`${code} leaves the connection in use`, () => {
      expect(databaseFault(withCode(code))?.dropsConnection).to.equal(false);
    });
  }

  it("whatever else the server ends a connection with is a fault of the connection", () => {
    const fault = databaseFault(withCode("55000", { severity: "FATAL" }));
    expect(fault?.kind).to.equal("unreachable");
    expect(fault?.dropsConnection).to.equal(true);
    expect(databaseFault(withCode("55000", { severity: "ERROR" }))).to.equal(null);
  });

  it("a statement that a migration made obsolete needs a new connection; what is not supported stays a mistake", () => {
    const obsolete = databaseFault(withCode("0A000", { routine: "RevalidateCachedQuery" }));
    expect(obsolete?.dropsConnection).to.equal(true);
    expect(databaseFault(withCode("0A000"))).to.equal(null);
  });
});

describe("where a fault of the database is found", () => {
  it("in the cause of an error, and in the cause of that", () => {
    const page = new PageError("internal", { cause: new Error("outer", { cause: withCode("25006") }) });
    expect(databaseFault(page)?.kind).to.equal("read-only");
  });

  it("among the errors of an attempt at several addresses", () => {
    const error = new AggregateError([new Error("one"), withCode("ECONNREFUSED")], "all failed");
    expect(databaseFault(error)?.text).to.equal("nothing listens there");
  });

  it("in a chain that leads back to itself, without end", () => {
    const error = new Error("circle");
    error.cause = error;
    expect(databaseFault(error)).to.equal(null);
  });

  it("with a code of files only when a connection was made", () => {
    expect(databaseFault(withCode("ENOENT", { syscall: "connect" }))?.kind).to.equal("unreachable");
    expect(databaseFault(withCode("ENOENT", { syscall: "open" }))).to.equal(null);
  });
});

describe("what is no fault of the database", () => {
  const others: Record<string, unknown> = {
    "a mistake in the program": new TypeError("undefined is not a function"),
    "a broken rule of the data": withCode("23505"),
    "a right that a request lacks": withCode("42501"),
    "a statement that is wrong": withCode("42601"),
    "text that cannot be kept": withCode("22021"),
    "a caller that went away": Object.assign(new Error("aborted"), { code: "ECONNRESET" }),
    "a request that was refused": Object.assign(new Error("too large"), {
      status: 413,
      cause: withCode("08006"),
    }),
    "another server that is down": new TypeError("fetch failed", { cause: withCode("ECONNREFUSED") }),
    "no error at all": "57P01",
  };
  for (const [what, error] of Object.entries(others)) {
    it(what, () => {
      expect(databaseFault(error)).to.equal(null);
    });
  }

  it("a lacking right is one at the start, where the database has to be mended", () => {
    expect(databaseFaultAtStart(withCode("42501"))?.kind).to.equal("refused");
    expect(databaseFaultAtStart(withCode("53100"))?.kind).to.equal("full");
  });
});
