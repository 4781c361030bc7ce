import type { Application } from "../../domain/applications/application.ts";
import type { ApplicationStore } from "../../domain/applications/application-store.ts";
import type { Cookies } from "../../platform/web/cookies.ts";
import type { BrowserForms } from "../../platform/web/browser-forms.ts";
import type { Renderer } from "../../platform/web/render.ts";
import type { Office } from "../../domain/offices/office.ts";
import type { OfficeStore } from "../../domain/offices/office-store.ts";
import type { OfficeReminder } from "../../domain/credentials/office-reminder.ts";
import type { PasswordLinks } from "../../domain/credentials/password-links.ts";
import type { PasswordReset } from "../../domain/credentials/password-reset.ts";

/** What the pages for users who cannot sign in use. */
export interface ForgotPasswordDeps {
  readonly links: PasswordLinks;
  readonly resets: PasswordReset;
  readonly reminder: OfficeReminder;
  readonly interruptedSignIns: InterruptedSignInFinder;
  readonly offices: OfficeStore;
  readonly applications: ApplicationStore;
  readonly renderer: Renderer;
  readonly cookies: Cookies;
  readonly forms: BrowserForms;
}

/** Finds the sign-in that the user came from by its uid; null for an unknown uid. */
interface InterruptedSignInFinder {
  find(uid: unknown): Promise<{
    readonly uid: string;
    readonly application: Application;
    readonly officeCode: string;
    readonly office: Office | null;
    readonly username: string;
  } | null>;
}
