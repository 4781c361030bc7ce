import { z } from "zod";
import { base32 } from "../../domain/factors/base32.ts";
import { firstOf, type ForeignApp, type ForeignUser } from "./foreign-user.ts";

const record = z.looseObject({ model: z.string(), pk: z.unknown(), fields: z.looseObject({}) });
const text = z.string().default("");
const user = z.looseObject({
  username: z.string(),
  first_name: text,
  last_name: text,
  email: text,
  password: text,
  is_active: z.boolean().default(true),
});
/** Of the package django-otp. */
const device = z.looseObject({
  user: z.unknown(),
  key: z.string().regex(/^([0-9a-f]{2})+$/i),
  step: z.number().default(30),
  digits: z.number().default(6),
  confirmed: z.boolean().default(true),
});

const DEVICE = "otp_totp.totpdevice";

/** Records of `manage.py dumpdata`, the users of `auth.user` or of a model of the project's own. */
export function fromDjango(exported: readonly unknown[]): ForeignUser[] {
  const records = z.array(record).parse(exported);
  const apps = new Map(
    records.flatMap(({ model, fields }) => {
      const found = model === DEVICE ? device.safeParse(fields).data : undefined;
      return found?.confirmed === true ? [[JSON.stringify(found.user), appOf(found)] as const] : [];
    }),
  );
  return records
    .filter(({ model }) => model !== DEVICE)
    .map(({ pk, fields }) => {
      const one = user.parse(fields);
      return {
        username: one.username,
        name: firstOf(`${one.first_name} ${one.last_name}`.trim(), one.username),
        mail: one.email,
        // "!" marks users who have no password.
        passwordHash: one.password.startsWith("!") ? null : one.password,
        app: apps.get(JSON.stringify(pk)) ?? null,
        isDisabled: !one.is_active,
      };
    });
}

const appOf = ({ key, digits, step: period }: z.output<typeof device>): ForeignApp => ({
  secret: base32(Buffer.from(key, "hex")),
  digits,
  period,
});
