import type { NewFamiliar } from "../../domain/credentials/familiar-browser-store.ts";
import type { NewBrowserReport } from "../../domain/credentials/new-browsers.ts";
import type { Visitor } from "../../kernel/visitor.ts";
import type { Login } from "../../protocol/models/finished-login.ts";

/** What a complete sign-in leaves behind. */
export interface SignInEnd {
  readonly login: Login;
  readonly familiar: NewFamiliar;
  /** Tokens of trust that have replaced a code, as they are stored. */
  readonly trusted: readonly Buffer[];
  readonly applicationId: string;
  readonly visitor: Visitor;
  /** What was proved, for the audit log. */
  readonly methods: readonly string[];
  /** Notifies the owner of an unfamiliar browser; null where the browser is familiar, or no mail can be sent. */
  readonly report: NewBrowserReport | null;
}

/** What `end_sign_in` of the database returns. */
export interface Ended {
  /** False when the sign-in had already ended. */
  readonly isFirst: boolean;
  /** Tokens of the browser that its new one has replaced, as they are stored. */
  readonly replaced: readonly Buffer[];
}

/** The end as `end_sign_in` of the database reads it. */
export const endJson = ({
  login,
  familiar,
  trusted,
  applicationId,
  visitor,
  methods,
  report,
}: SignInEnd): string =>
  JSON.stringify({
    login,
    browser: inHex(familiar.hash),
    browsersBefore: familiar.before.map(inHex),
    browserUntil: familiar.until,
    mostBrowsers: familiar.most,
    trusted: trusted.map(inHex),
    application: applicationId,
    address: visitor.address,
    requestId: visitor.requestId,
    methods: methods.join(" "),
    report,
  });

const inHex = (bytes: Buffer): string => bytes.toString("hex");
