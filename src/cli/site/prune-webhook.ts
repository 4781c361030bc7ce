import type { Office } from "../../domain/offices/office.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { Services } from "../../server/wiring/services.ts";
import { OPERATOR } from "../with-services.ts";
import { step, type Group } from "./plan.ts";
import type { Site } from "./site-schema.ts";

interface Named {
  /** As it was typed. */
  readonly typed: string;
  /** Null for a webhook of the platform. */
  readonly code: string | null;
  /** Its name, or its id. */
  readonly name: string;
}

/** Throws the error for what is to be removed although the file has it. */
export function stillThere(name: string): never {
  throw new OperatorError(`--prune ${name}: the file has it. Remove it from the file first.`);
}

/** The group that deletes a webhook; null for one that is gone already. */
export async function deletingWebhook(
  services: Services,
  site: Site,
  { typed, code, name }: Named,
): Promise<Group | null> {
  const office = code === null ? null : await services.offices.findByCode(code);
  if (code !== null && office === null) {
    return null;
  }
  const found = (await services.webhooks.service.list(office?.id ?? null)).filter(
    (one) => one.name === name || one.id === name,
  );
  const [webhook] = found;
  if (webhook === undefined) {
    return null;
  }
  if (found.length > 1) {
    throw new OperatorError(`--prune ${typed}: several webhooks have this name. Give the id of one.`);
  }
  const listed = listedIn(site, office);
  if (
    listed.some((entry) => (entry.id === undefined ? entry.name === webhook.name : entry.id === webhook.id))
  ) {
    stillThere(typed);
  }
  const remove = step({ what: "remove", subject: `webhook ${webhook.name}`, fields: [] }, ({ domain }) =>
    domain.webhooks.service.delete(webhook, OPERATOR),
  );
  return office === null
    ? { title: "webhooks for events of no office", scope: "no-office", office, steps: [remove] }
    : { title: `office ${office.code}`, scope: "office", office, steps: [remove] };
}

const listedIn = (site: Site, office: Office | null): Site["webhooks"] =>
  office === null ? site.webhooks : (site.offices.find(({ code }) => code === office.code)?.webhooks ?? []);
