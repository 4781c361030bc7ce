import type { Sending } from "../../../domain/factors/factor.ts";
import { base32 } from "../../../domain/factors/base32.ts";
import { qrCode } from "../../../domain/factors/qr-code.ts";
import { keyUri, TOTP_SECRET_BYTES } from "../../../domain/factors/totp.ts";
import type { KeyedHash } from "../../../kernel/secret.ts";
import type { ChangePage, ChangeContext } from "../page.ts";
import { lockoutText, requireAccepted, type CodeForm } from "../code-form.ts";
import { otherMethods } from "../other-methods.ts";

export interface AppPageDeps {
  readonly codes: CodeForm;
  /** Derives the new secret. It is keyed, so the session does not reveal the secret. */
  readonly hash: KeyedHash;
  readonly productName: string;
  readonly sending: Sending;
}

/**
 * Sets up the authenticator app: on another phone, or in place of text messages. The fresh sign-in has proved the
 * current method, which stays valid until the first correct code of the new app.
 */
export function appPage({ codes, hash, productName, sending }: AppPageDeps): ChangePage {
  return {
    path: "/account/app",
    tab: "general",
    needsFactor: true,
    change: "app",
    asksFirst: true,
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
          block: lockoutText(context, codes),
          instead: otherMethods(context, "totp", sending),
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
 * The same secret at each reload, a new one after each sign-in and each enrolment: a secret that is in use is never
 * shown again. Nothing is stored before a correct code. The server never reads a secret from the form, so an attacker
 * cannot plant one.
 */
function secretOf(hash: KeyedHash, { session, overview }: ChangeContext): string {
  const since = overview.factors.map(({ kind, since: at }) => `${kind} ${String(at)}`).join(" ");
  const seed = `totp account ${session.uid} ${String(session.authTime)} ${session.account.id} ${since}`;
  return base32(hash(seed).subarray(0, TOTP_SECRET_BYTES));
}
