import {
  acceptedOf,
  FACTOR_KINDS,
  factorText,
  usableMethods,
  type FactorKind,
  type Sending,
} from "../../domain/factors/factor.ts";
import { epochSeconds, now } from "../../kernel/clock.ts";
import type { ChangeContext } from "./page.ts";

/** The page that sets up each method. */
export const METHOD_PAGES: Readonly<Record<FactorKind, string>> = {
  passkey: "/account/passkey",
  totp: "/account/app",
  sms: "/account/number",
  email: "/account/email-code",
};

/** The methods that the office accepts of this user and that work in this installation. */
export const acceptedMethods = ({ session }: ChangeContext, sending: Sending): readonly FactorKind[] =>
  usableMethods(acceptedOf(session.account, epochSeconds(now())), sending);

/** The others, for a page that sets up `current`. */
export const otherMethods = (context: ChangeContext, current: FactorKind, sending: Sending) =>
  FACTOR_KINDS.filter((kind) => kind !== current && acceptedMethods(context, sending).includes(kind)).map(
    (kind) => ({ href: METHOD_PAGES[kind], text: context.t(factorText(kind, "instead")) }),
  );
