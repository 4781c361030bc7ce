import { z } from "zod";

/** What every list takes and answers. */
export const pageQuery = {
  size: z.coerce
    .number({ error: "must be 1 to 100" })
    .int("must be a whole number")
    .min(1, "must be 1 to 100")
    .max(100, "must be 1 to 100")
    .default(50)
    .meta({ description: "entries of a page" }),
  after: z
    .string()
    .max(2_000)
    .nullable()
    .default(null)
    .meta({ description: "`next` of the page before; it belongs to these filters and this order" }),
};

/** A yes or no in an address. */
export const flag = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .default(false);

export const searchText = z
  .string()
  .max(100)
  .regex(/^\P{Cc}*$/u, "must have no control characters")
  .default("");

/** A page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().nullable().meta({ description: "for `after`; null on the last page" }),
  });

export const moment = z.iso.datetime().meta({ description: "in UTC" });
export const id = z.uuid();

/** A time for an answer. */
export const timeOf = (at: Date): string => at.toISOString();
export const timeOrNull = (at: Date | null): string | null => (at === null ? null : timeOf(at));
/** The same of seconds since 1970. */
export const timeOfSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString();
