/** What the pages of the second factor say to a user who reads them in one of the languages. */
export interface Words {
  readonly locale: string;
  readonly officeCode: string;
  readonly username: string;
  readonly password: string;
  readonly signIn: string;
  readonly confirm: string;
  readonly continue: string;
  readonly code: string;
  readonly choose: string;
  readonly setUp: string;
  readonly install: string;
  readonly unable: string;
  readonly openHere: string;
  readonly save: string;
  readonly once: string;
  readonly shown: string;
  readonly again: string;
  readonly saved: string;
  /** The same where they are not shown any more. */
  readonly savedEarlier: string;
  readonly copy: string;
  readonly copied: string;
  readonly download: string;
  readonly sheet: string;
  readonly challenge: string;
  readonly openApp: string;
  readonly problem: string;
  readonly twoLeft: string;
  /** A recovery code that was used already opens nothing and costs nothing. */
  readonly usedUp: string;
  readonly oneLeft: string;
  readonly expired: string;
  readonly blocked: string;
  readonly tryAgainAt: RegExp;
  readonly newPassword: string;
  readonly lift: string;
  readonly useRecoveryCode: string;
  readonly recoveryCode: string;
  /** After a recovery code: the page that acknowledges it, and the answer that the factor is lost. */
  readonly recovered: string;
  readonly factorLost: string;
  readonly fiveLeft: string;
  readonly resetText: string;
  readonly enrolmentCode: string;
  readonly closed: string;
  readonly askSuperuser: string;
  readonly frozen: string;
}

export const ENGLISH: Words = {
  locale: "en-GB",
  officeCode: "Office code",
  username: "Username",
  password: "Password",
  signIn: "Sign in",
  confirm: "Confirm",
  continue: "Continue",
  code: "Verification code",
  choose: "Choose how you receive your verification code",
  setUp: "Set up your authenticator app",
  install: "Install an authenticator app on your phone",
  unable: "Unable to scan?",
  openHere: "Open in the app on this device",
  save: "Save your recovery codes",
  once: "They are shown only once.",
  shown: "Your codes have already been shown",
  again: "Create new codes",
  saved: "I have saved these codes",
  savedEarlier: "I have saved my codes",
  copy: "Copy",
  copied: "Copied",
  download: "Download",
  sheet: "Recovery codes for Vestibule",
  challenge: "Verification code",
  openApp: "Open your authenticator app",
  problem: "There is a problem",
  twoLeft: "That code is incorrect. You have 2 tries left.",
  usedUp: "That code has already been used. Use another one. You have 3 tries left.",
  oneLeft: "You have 1 try left.",
  expired: "That code has expired.",
  blocked: "You are blocked for 15 minutes",
  tryAgainAt: /You can try again at\s+(\d\d:\d\d)\b/,
  newPassword: "Set a new password",
  lift: "ends the block immediately.",
  useRecoveryCode: "Use a recovery code",
  recoveryCode: "Recovery code",
  recovered: "Recovery code accepted",
  factorLost: "No, set up a new one",
  fiveLeft: "You have 5 left.",
  resetText: "Your second factor was reset.",
  enrolmentCode: "Enrolment code",
  closed: "The set-up period has ended",
  askSuperuser: "Ask the superuser of your office to allow set-up again.",
  frozen: "Your second factor is locked",
};

export const DUTCH: Words = {
  locale: "nl-NL",
  officeCode: "Kantoorcode",
  username: "Gebruikersnaam",
  password: "Wachtwoord",
  signIn: "Inloggen",
  confirm: "Bevestigen",
  continue: "Doorgaan",
  code: "Verificatiecode",
  choose: "Kies hoe u uw verificatiecode ontvangt",
  setUp: "Authenticator-app instellen",
  install: "Installeer een authenticator-app op uw telefoon",
  unable: "Lukt scannen niet?",
  openHere: "Openen in de app op dit apparaat",
  save: "Bewaar uw herstelcodes",
  once: "We tonen ze maar één keer.",
  shown: "Uw codes zijn al getoond",
  again: "Nieuwe codes maken",
  saved: "Ik heb deze codes bewaard",
  savedEarlier: "Ik heb mijn codes bewaard",
  copy: "Kopiëren",
  copied: "Gekopieerd",
  download: "Downloaden",
  sheet: "Herstelcodes voor Vestibule",
  challenge: "Verificatiecode",
  openApp: "Open uw authenticator-app",
  problem: "Dat is niet gelukt",
  twoLeft: "Deze code is onjuist. U hebt nog 2 pogingen.",
  usedUp: "Deze code is al gebruikt. Gebruik een andere. U hebt nog 3 pogingen.",
  oneLeft: "U hebt nog 1 poging.",
  expired: "Die code is verlopen.",
  blocked: "U bent 15 minuten geblokkeerd",
  tryAgainAt: /U kunt het opnieuw proberen om\s+(\d\d:\d\d)\b/,
  newPassword: "Nieuw wachtwoord instellen",
  lift: "Daarmee vervalt de blokkering meteen.",
  useRecoveryCode: "Herstelcode gebruiken",
  recoveryCode: "Herstelcode",
  recovered: "Herstelcode geaccepteerd",
  factorLost: "Nee, opnieuw instellen",
  fiveLeft: "U hebt er nog 5.",
  resetText: "Uw tweede factor is gereset.",
  enrolmentCode: "Instelcode",
  closed: "De tijd om in te stellen is verstreken",
  askSuperuser: "Vraag de superuser van uw kantoor om het instellen weer toe te staan.",
  frozen: "Uw tweede factor is vergrendeld",
};
