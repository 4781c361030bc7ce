import { z } from "zod";
import { rangeService, wholeNumber, type Setting } from "./setting.ts";

/** Limits of passwords, codes and text messages; a part of the settings table. */
export const limitSettings = [
  {
    name: "VESTIBULE_PASSWORD_CONCURRENCY",
    schema: wholeNumber(1, 64, 2),
    byDefault: "2",
    description:
      "Passwords hashed at the same time; each takes one thread and 19 MiB, or up to 128 MiB with a hash of another system. Set it to the number of cores.",
  },
  {
    name: "VESTIBULE_PASSWORD_QUEUE",
    schema: wholeNumber(1, 10_000, 100),
    byDefault: "100",
    description: "Sign-ins that may wait for hashing; one more is answered with 503 and `Retry-After`.",
  },
  {
    name: "VESTIBULE_BREACHED_PASSWORDS",
    schema: rangeService,
    byDefault: "off",
    description:
      "Service that knows the passwords of known breaches, in the range format of Have I Been Pwned, such as `https://api.pwnedpasswords.com/range`. It is asked whenever a password is chosen, and hears five characters of a hash. Without an answer the password is accepted.",
  },
  {
    name: "VESTIBULE_FORBIDDEN_PASSWORDS",
    schema: z.string().min(1).optional(),
    byDefault: "none",
    description:
      "File with passwords that must not be chosen, one a line, in any case of letters, or as SHA-1: names of your projects and products, or known breaches where no service may be asked.",
  },
  {
    name: "VESTIBULE_GUARD_ACCOUNT_TRIES",
    schema: wholeNumber(3, 100, 10),
    byDefault: "10",
    description:
      "Wrong passwords for one account from unfamiliar browsers, or from one familiar browser, in a window.",
  },
  {
    name: "VESTIBULE_GUARD_ADDRESS_TRIES",
    schema: wholeNumber(10, 10_000, 100),
    byDefault: "100",
    description:
      "Wrong passwords from one network address in a window (IPv6: from one /64; three times as many from a /56, ten times from a /48).",
  },
  {
    name: "VESTIBULE_GUARD_OFFICE_TRIES",
    schema: wholeNumber(50, 100_000, 500),
    byDefault: "500",
    description:
      "Wrong passwords for one office from unfamiliar browsers in a window. At a fifth of it an alarm is written to the audit log; beyond it each account has one try in a window.",
  },
  {
    name: "VESTIBULE_GUARD_WINDOW_MINUTES",
    schema: wholeNumber(5, 120, 15),
    byDefault: "15",
    description: "Length of that window in minutes.",
  },
  {
    name: "VESTIBULE_UNFINISHED_PER_ADDRESS",
    schema: wholeNumber(50, 100_000, 1_000),
    byDefault: "1000",
    description:
      "Sign-ins that one network address may have begun (an IPv6 /48: ten times as many), or one signed-in user, and not finished; the oldest give way. The same for device codes, and for pushed requests of applications without a secret.",
  },
  {
    name: "VESTIBULE_CODE_TRIES",
    schema: wholeNumber(2, 5, 3),
    byDefault: "3",
    description: "Wrong codes that block the second factor.",
  },
  {
    name: "VESTIBULE_CODE_BLOCK_MINUTES",
    schema: wholeNumber(5, 120, 15),
    byDefault: "15",
    description: "Length of such a block in minutes.",
  },
  {
    name: "VESTIBULE_CODE_HOUR_FROM",
    schema: wholeNumber(6, 20, 10),
    byDefault: "10",
    description: "From this many wrong codes since the last right one, a block takes an hour.",
  },
  {
    name: "VESTIBULE_CODE_DAY_FROM",
    schema: wholeNumber(10, 40, 20),
    byDefault: "20",
    description: "From this many, a block takes a day.",
  },
  {
    name: "VESTIBULE_CODE_FROZEN_FROM",
    schema: wholeNumber(20, 100, 50),
    byDefault: "50",
    description:
      "From this many, only a reset by the office or by support helps (NIST SP 800-63B allows 100 at most).",
  },
  {
    name: "VESTIBULE_SMS_SIGN_IN_SENDS",
    schema: wholeNumber(1, 10, 4),
    byDefault: "4",
    description: "Text messages in one sign-in.",
  },
  {
    name: "VESTIBULE_SMS_NUMBER_HOUR",
    schema: wholeNumber(2, 20, 5),
    byDefault: "5",
    description: "Text messages to one number in an hour.",
  },
  {
    name: "VESTIBULE_SMS_NUMBER_DAY",
    schema: wholeNumber(2, 50, 10),
    byDefault: "10",
    description: "Text messages to one number in a day.",
  },
  {
    name: "VESTIBULE_SMS_ACCOUNT_DAY",
    schema: wholeNumber(2, 100, 10),
    byDefault: "10",
    description: "Text messages for one account in a day, whatever the number.",
  },
  {
    name: "VESTIBULE_SMS_ADDRESS_HOUR",
    schema: wholeNumber(5, 10_000, 100),
    byDefault: "100",
    description:
      "Text messages that one network address may cause in an hour (IPv6: one /64; three times as many a /56, ten times a /48).",
  },
  {
    name: "VESTIBULE_SMS_PREFIX_HOUR",
    schema: wholeNumber(10, 10_000, 200),
    byDefault: "200",
    description:
      "Text messages in an hour to one range of ten thousand numbers: an attacker who earns by messages owns a range.",
  },
  {
    name: "VESTIBULE_API_PER_MINUTE",
    schema: wholeNumber(10, 100_000, 600),
    byDefault: "600",
    description:
      "Requests that one application may send to the management API in a minute, and the directory of an office to SCIM.",
  },
] as const satisfies readonly Setting[];

/** The limits of requests, as the server uses them. */
export const shapeRequestLimits = (given: {
  readonly VESTIBULE_UNFINISHED_PER_ADDRESS: number;
  readonly VESTIBULE_API_PER_MINUTE: number;
}): { unfinishedPerAddress: number; apiPerMinute: number } => ({
  unfinishedPerAddress: given.VESTIBULE_UNFINISHED_PER_ADDRESS,
  apiPerMinute: given.VESTIBULE_API_PER_MINUTE,
});
