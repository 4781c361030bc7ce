import type { FamiliarBrowsers } from "../../domain/credentials/familiar-browsers.ts";
import type { MailThrottle } from "../../domain/credentials/mail-throttle.ts";
import type { DisputeHandler, DisputeLinks } from "../../domain/credentials/dispute-links.ts";
import { NewBrowsers, type SeenBrowser } from "../../domain/credentials/new-browsers.ts";
import { OfficeReminder } from "../../domain/credentials/office-reminder.ts";
import { PasswordCheck } from "../../domain/credentials/password-check.ts";
import { PasswordComparison } from "../../domain/credentials/password-comparison.ts";
import { PasswordGuard } from "../../domain/credentials/password-guard.ts";
import { PasswordLinks } from "../../domain/credentials/password-links.ts";
import { PasswordRenewal } from "../../domain/credentials/password-renewal.ts";
import { PasswordReset } from "../../domain/credentials/password-reset.ts";
import { PasswordKinds } from "../../domain/credentials/password-kinds.ts";
import { deviceName } from "../../platform/web/device-name.ts";
import type { Texts } from "../../platform/web/texts.ts";
import type { Deps, AccountDeps } from "./dependencies.ts";

/** Everything that uses a link in a mail. */
export interface LinkServices {
  readonly disputes: DisputeLinks;
  /** What a link "this was not me" cancels, by its kind. */
  readonly disputeHandlers: Map<string, DisputeHandler>;
  readonly passwordLinks: PasswordLinks;
  readonly passwordReset: PasswordReset;
  readonly passwordRenewal: PasswordRenewal;
  readonly officeReminder: OfficeReminder;
  readonly newBrowsers: NewBrowsers;
}

export function linkServices(
  deps: AccountDeps,
  needs: Pick<LinkServices, "disputes" | "disputeHandlers"> & {
    readonly throttle: MailThrottle;
    readonly familiar: FamiliarBrowsers;
    readonly texts: Texts;
  },
): LinkServices {
  const { disputes, disputeHandlers, throttle, familiar, texts } = needs;
  const { timeZone } = deps.settings;
  const nameOf = (device: SeenBrowser, language: string): string =>
    deviceName({ device }, texts.in(language));
  return {
    ...{ disputes, disputeHandlers },
    passwordLinks: new PasswordLinks({ ...deps, throttle, familiar, checks: deps.passwordChecks }),
    passwordReset: new PasswordReset({ ...deps, familiar }),
    passwordRenewal: new PasswordRenewal(deps),
    officeReminder: new OfficeReminder({ ...deps, throttle }),
    newBrowsers: new NewBrowsers({ ...deps, disputes, nameOf, timeZone }),
  };
}

interface PasswordServices {
  /** The only check of passwords, with its rate limits. */
  readonly passwords: PasswordCheck;
  readonly passwordKinds: PasswordKinds;
}

export function passwordServices(deps: Deps, familiar: FamiliarBrowsers): PasswordServices {
  const { rateLimits, passwordChecks, settings, trustedBrowsers: trusted } = deps;
  const guard = new PasswordGuard({ ...deps, store: rateLimits, limits: settings.passwordGuard });
  const comparison = new PasswordComparison({ ...deps, store: passwordChecks, familiar, trusted });
  return {
    passwords: new PasswordCheck({ ...deps, comparison, guard }),
    passwordKinds: new PasswordKinds({ ...deps, store: deps.passwordKindStore }),
  };
}
