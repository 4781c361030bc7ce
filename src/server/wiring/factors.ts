import type { RateLimit } from "../../platform/limits/rate-limit-store.ts";
import type { DisputeLinks } from "../../domain/credentials/dispute-links.ts";
import type { FamiliarBrowsers } from "../../domain/credentials/familiar-browsers.ts";
import { CodeJudge } from "../../domain/factors/code-judge.ts";
import { EmailBudget } from "../../domain/factors/email/email-budget.ts";
import { EmailChannel } from "../../domain/factors/email/email-channel.ts";
import { EmailCodeCheck } from "../../domain/factors/email/email-code-check.ts";
import { EndedEmailCodes } from "../../domain/factors/email/ended-email-codes.ts";
import { EndedNumberRequests } from "../../domain/factors/ended-number-requests.ts";
import { NumberDisputes } from "../../domain/factors/number-disputes.ts";
import { NumberNotices } from "../../domain/factors/number-notices.ts";
import { NumberChangeRecorder } from "../../domain/factors/number-change-recorder.ts";
import { NumberService } from "../../domain/factors/number-service.ts";
import { totpReEncryption } from "../../domain/factors/totp-secret.ts";
import type { RelyingParty } from "../../domain/factors/passkeys/passkey.ts";
import { PasskeyChallenges } from "../../domain/factors/passkeys/passkey-challenges.ts";
import { PasskeyCheck } from "../../domain/factors/passkeys/passkey-check.ts";
import { MOST_CHARACTERS } from "../../domain/factors/passkeys/metadata-blob.ts";
import { PasskeyMetadata } from "../../domain/factors/passkeys/passkey-metadata.ts";
import { Passwordless } from "../../domain/factors/passkeys/passwordless.ts";
import { PasswordlessStore } from "../../domain/factors/passkeys/passwordless-store.ts";
import { SecondFactorCheck } from "../../domain/factors/second-factor-check.ts";
import { SmsBudget } from "../../domain/factors/sms-budget.ts";
import { SmsChannel } from "../../domain/factors/sms-channel.ts";
import { SmsCodeCheck } from "../../domain/factors/sms-code-check.ts";
import {
  SentCodeService,
  type CodeChannel,
  type CodeSender,
} from "../../domain/factors/sent-code-service.ts";
import { TotpCheck } from "../../domain/factors/totp-check.ts";
import { TrustedBrowsers } from "../../domain/factors/trusted-browsers.ts";
import { outgoingFetch } from "../../protocol/clients/outgoing-fetch.ts";
import type { ReEncryption } from "../../platform/secrets/re-encryption.ts";
import type { Texts } from "../../platform/web/texts.ts";
import { rulesOf, type Stores } from "./stores.ts";
import type { Deps, CoreDeps } from "./dependencies.ts";
import type { MessageServices } from "./messages.ts";

/** The second factor: its counter of tries, the check of codes, and the changes of factors. */
export interface FactorServices
  extends
    NumberServices,
    Pick<
      Stores,
      | "factors"
      | "totpStore"
      | "guard"
      | "recoveryCodes"
      | "enrolments"
      | "numbers"
      | "factorStatus"
      | "trustedBrowsers"
    >,
    Pick<CoreDeps, "box"> {
  readonly codes: SecondFactorCheck;
  readonly emailSender: CodeSender;
  readonly emailCodes: EndedEmailCodes;
  readonly trusted: TrustedBrowsers;
  readonly passkeyChallenges: PasskeyChallenges;
  readonly passwordless: Passwordless;
  readonly passkeyMetadata: PasskeyMetadata;
  readonly reEncryption: ReEncryption<string>;
}

interface FactorNeeds {
  readonly disputes: DisputeLinks;
  readonly texts: Texts;
  readonly messages: MessageServices;
  readonly familiar: FamiliarBrowsers;
}

export function factorServices(deps: Deps, needs: FactorNeeds): FactorServices {
  const { factors, totpStore, guard, recoveryCodes, enrolments, numbers, factorStatus } = deps;
  const { trustedBrowsers, box } = deps;
  const ofNumbers = numberServices(deps, needs);
  const party = partyOf(deps.settings);
  const judge = new CodeJudge({
    ...deps,
    passkeyCheck: new PasskeyCheck({ ...deps, models: deps.authenticatorModels, party }),
    totpCheck: new TotpCheck(deps),
    smsCheck: ofNumbers.smsCheck,
    emailCheck: new EmailCodeCheck({ ...deps, codes: deps.sentCodes }),
  });
  const { maxFailedAttempts } = deps.settings.secondFactorGuard;
  return {
    ...{ factors, totpStore, guard, recoveryCodes, enrolments, numbers, factorStatus },
    ...{ trustedBrowsers, box },
    ...ofNumbers,
    codes: new SecondFactorCheck({ ...deps, maxFailedAttempts, judge }),
    trusted: new TrustedBrowsers({ ...deps, store: trustedBrowsers }),
    emailSender: emailSender(deps, needs),
    emailCodes: new EndedEmailCodes(deps),
    passkeyChallenges: new PasskeyChallenges({ ...deps, party }),
    passwordless: new Passwordless({
      ...deps,
      ...needs,
      party,
      passwordless: new PasswordlessStore(deps.database),
    }),
    passkeyMetadata: new PasskeyMetadata({
      ...deps,
      models: deps.authenticatorModels,
      fetch: outgoingFetch(deps.settings.outgoingAllowedHosts, METADATA_FILE),
    }),
    reEncryption: totpReEncryption(deps),
  };
}

/** Most of it are pictures of authenticators. */
const METADATA_FILE = { maxBytes: MOST_CHARACTERS, timeoutMs: 60_000 };

/** Sends codes of one kind. */
const senderBy = <Limit extends RateLimit>(deps: Deps, channel: CodeChannel<Limit>): CodeSender =>
  new SentCodeService({ ...deps, codes: deps.sentCodes, channel });

function emailSender(deps: Deps, { messages: { queue, view } }: FactorNeeds): CodeSender {
  const { rateLimits: store, settings } = deps;
  const canSend = rulesOf(settings).sending.mail;
  const budget = new EmailBudget({ ...deps, store });
  return senderBy(deps, new EmailChannel({ ...{ budget, queue, view, canSend }, issuer: settings.issuer }));
}

/** For whom authenticators make passkeys. */
const partyOf = ({ issuer, productName: name, passkeyDomain }: Deps["settings"]): RelyingParty => {
  const { hostname, origin } = new URL(issuer);
  return { id: passkeyDomain ?? hostname, origin, name };
};

/** Mobile numbers, and the codes that are sent to them. */
interface NumberServices {
  readonly numberNotices: NumberNotices;
  readonly numberService: NumberService;
  readonly numberRequests: EndedNumberRequests;
  readonly numberDisputes: NumberDisputes;
  readonly smsCheck: SmsCodeCheck;
  readonly smsSender: CodeSender;
  readonly smsCounter: (officeId: string) => Pick<RateLimit, "scope" | "key">;
}

function numberServices(deps: Deps, { disputes, texts, messages: { queue } }: FactorNeeds): NumberServices {
  const { settings, rateLimits: store, sentCodes: codes, productName: product } = deps;
  const canSend = rulesOf(settings).sending.sms;
  const host = new URL(settings.issuer).hostname;
  const budget = new SmsBudget({ ...deps, store, limits: settings.smsLimits });
  const numberNotices = new NumberNotices({
    ...{ ...deps, budget, queue: canSend ? queue : null },
    disputes: (tx, user) => disputes.link(tx, user, { kind: "number-change" }),
    text: (language, notice, values) => texts.in(language)(`sms.${notice}`, { ...values, product }),
  });
  const record = new NumberChangeRecorder({ ...deps, notices: numberNotices });
  return {
    numberNotices,
    numberService: new NumberService({ ...deps, codes, record }),
    numberRequests: new EndedNumberRequests({ ...deps, record }),
    numberDisputes: new NumberDisputes({ ...deps, record }),
    smsCheck: new SmsCodeCheck({ ...deps, codes, notices: numberNotices }),
    smsSender: senderBy(
      deps,
      new SmsChannel({
        ...{ budget, queue, canSend },
        text: (language, code) => texts.in(language)("sms.code", { code, product, host }),
      }),
    ),
    smsCounter: (officeId) => budget.officeCounter(officeId),
  };
}
