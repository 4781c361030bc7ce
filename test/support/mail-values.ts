import { catalogueOf } from "./catalogue.ts";

/** A value for every name that a mail's text fills in, so that a new text is tested without another list; `known` replace them. */
export function mailValues(
  known: Readonly<Record<string, string | number>>,
): Readonly<Record<string, string | number>> {
  const texts = Object.entries(catalogueOf("en")).filter(([key]) => key.startsWith("notice."));
  const names = texts.flatMap(([, text]) => [...text.matchAll(/\{(\w+)[,}]/g)].map(([, name = ""]) => name));
  return { ...Object.fromEntries(names.map((name) => [name, "ended"])), ...known };
}
