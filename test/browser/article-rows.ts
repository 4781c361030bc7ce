/** What the help article about signing in in two steps promises, each in words of our own, with the people who rely on it. */
export const ARTICLE_ROWS = {
  "mandatory by the superuser": "An office demands a second step since its superuser has said so",
  "asked after the password":
    "At the first sign-in the choice comes after office code, username and password",
  "own choice": "The user picks the app or text messages",
  "not the superuser's choice": "A superuser cannot pick the method for a user",
  "no way to switch off": "A user cannot do without: the office decides it for all its users",
  "any app": "Every app for time-based codes will do, and some are named",
  "app confirmed": "Picking the app and confirming leads to its set-up page",
  "code scanned": "The app takes the key from the QR code and shows a verification code at once",
  "key typed": "Where nothing can be scanned, the key can be typed",
  "code opens recovery codes": "The first code of the app leads to the page of recovery codes",
  "codes kept": "Recovery codes are to be kept, copied or on paper, and are shown once",
  "six of eight digits": "There are six recovery codes of eight digits",
  "code at the next sign-in": "From then on the app's code is asked for after the password",
  "recovery code signs in": "With a lost phone, a recovery code signs in",
  "recovery code works once": "No recovery code works a second time",
  "app reset": "Without phone and recovery codes, somebody resets the app, and it is set up anew",
  "blocked after three": "Three wrong codes block for a quarter of an hour",
  "new password lifts it": "A forgotten password's link ends the block before its time",
  "switch of method":
    "The method is changed along Settings, Users, Edit, General, Second authentication method",
  "confirmed number": "A confirmed number is sent a code without being asked, and the code signs in",
  "unconfirmed number": "A number that is not confirmed is shown to be checked; its first code confirms it",
  "no number": "Without a number it is entered at the sign-in; its first code registers it",
  "locked screen": "There is advice to hide messages on a locked screen",
  resend: "A message that did not come can be sent again",
  "wrong number": "A mistyped number can be corrected on the page before",
  "number replaced": "A superuser or accountant deletes a lost number and enters another",
  "new number and support":
    "A user types another number at the sign-in, and support decides where no one in the office can",
} as const;

export type ArticleRow = keyof typeof ARTICLE_ROWS;
