import { base32 } from "../../../domain/factors/base32.ts";
import { qrCode } from "../../../domain/factors/qr-code.ts";
import { keyUri, TOTP_SECRET_BYTES } from "../../../domain/factors/totp.ts";
import type { KeyedHash } from "../../../kernel/secret.ts";
import type { ChangePage, ChangeContext } from "../page.ts";
import { blockOf, requireAccepted, type CodeForm } from "../code-form.ts";

export interface AppPageDeps {
  readonly codes: CodeForm;
  /** Makes the new secret: keyed, so that knowing the session tells nothing. */
  readonly hash: KeyedHash;
  readonly productName: string;
}

/**
 * The authenticator app on another phone, or for whoever had only text messages. The fresh sign-in has proved the old
 * one, which works until the first code of the new one is right.
 */
export function appPage({ codes, hash, productName }: AppPageDeps): ChangePage {
  return {
    path: "/account/app",
    tab: "general",
    needsFactor: true,
    show: (context) => {
      requireAccepted(context, "totp");
      const secret = secretOf(hash, context);
      const { office, username } = context.session.account;
      const uri = keyUri(secret, productName, `${office.code}/${username}`);
      return Promise.resolve({
        view: "app",
        office: context.overview.office,
        model: {
          values: { code: "" },
          block: blockOf(context, codes),
          hasApp: context.overview.factors.some(({ kind }) => kind === "totp"),
          key: secret.replace(/(.{4})(?=.)/g, "$1 "),
          secret,
          uri,
          qr: qrCode(uri),
        },
      });
    },
    submit: (context, { code = "" }) => {
      requireAccepted(context, "totp");
      const attempt = {
        type: "new-totp",
        code,
        binding: `account ${context.session.uid}`,
        secret: secretOf(hash, context),
        replaces: true,
      } as const;
      return codes.submit(context, attempt, { kind: "totp", done: "app" });
    },
  };
}

/**
 * The same at each reload, another after each sign-in and after each enrolment: a key that is in use is never shown
 * again. Nothing is stored before a right code, and what the browser sends as a key is never looked at.
 */
function secretOf(hash: KeyedHash, { session, overview }: ChangeContext): string {
  const since = overview.factors.map(({ kind, since: at }) => `${kind} ${String(at)}`).join(" ");
  const seed = `totp account ${session.uid} ${String(session.authTime)} ${session.account.id} ${since}`;
  return base32(hash(seed).subarray(0, TOTP_SECRET_BYTES));
}
