import Router from "@koa/router";
import { z } from "zod";
import { readText } from "../web/body.ts";
import type { Context, State } from "../web/context.ts";
import { PageError } from "../../kernel/errors.ts";
import type { HttpReceipts } from "./http-receipts.ts";
import type { ReceiptResult, Receipts } from "./receipts.ts";
import { noStore } from "../web/security-headers.ts";

/** Limits that no real receipt reaches. */
const MAX_BYTES = 16 * 1024;
const MAX_FIELDS = 50;

/** Who takes the receipts of each provider; null for one that is no gateway here. */
export interface SmsReceipts {
  readonly vonage: Receipts | null;
  readonly http: HttpReceipts | null;
}

/** Webhooks for the delivery receipts of SMS providers. Only those of the gateways are mounted. */
export function receiptRoutes({ vonage, http }: SmsReceipts): Router<State> {
  const router = new Router<State>();
  if (vonage !== null) {
    addVonageRoutes(router, vonage);
  }
  if (http !== null) {
    router.post("/webhooks/sms/status", async (ctx) => {
      const claimed = {
        id: ctx.get("webhook-id"),
        timestamp: ctx.get("webhook-timestamp"),
        signatures: ctx.get("webhook-signature"),
        body: await readText(ctx, MAX_BYTES),
      };
      answer(ctx, await http.accept(claimed));
    });
  }
  return router;
}

function addVonageRoutes(router: Router<State>, receipts: Receipts): void {
  const receipt = async (ctx: Context) => {
    answer(ctx, await receipts.acceptReceipt(await readFields(ctx)));
  };
  router.get("/webhooks/vonage/receipts", receipt);
  router.post("/webhooks/vonage/receipts", receipt);
  router.post("/webhooks/vonage/status", async (ctx) => {
    const [, token = ""] = /^Bearer (\S+)$/i.exec(ctx.get("authorization")) ?? [];
    answer(ctx, await receipts.acceptStatus(await readText(ctx, MAX_BYTES), token));
  });
  // The provider requires an endpoint for replies; users do not reply to codes.
  router.post("/webhooks/vonage/inbound", (ctx) => {
    ctx.status = 204;
  });
}

/** A receipt for an unknown message also gets 204: for an error the provider would retry it for a day. */
function answer(ctx: Context, result: ReceiptResult): void {
  noStore(ctx);
  ctx.body = "";
  ctx.status = { heard: 204, refused: 401, unreadable: 400 }[result];
}

const valuesSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** Query, form or JSON, depending on the provider's dashboard. Refuses duplicate names. */
async function readFields(ctx: Context): Promise<Readonly<Record<string, string>>> {
  const body = ctx.method === "GET" ? ctx.querystring : await readText(ctx, MAX_BYTES);
  const entries =
    ctx.is("application/json") === false || ctx.method === "GET"
      ? [...new URLSearchParams(body)]
      : fromJson(body);
  const fields = new Map(entries);
  if (entries.length > MAX_FIELDS || fields.size !== entries.length) {
    throw new PageError("request");
  }
  return Object.fromEntries(fields);
}

function fromJson(body: string): [string, string][] {
  try {
    return Object.entries(valuesSchema.parse(JSON.parse(body))).map(([name, value]) => [name, String(value)]);
  } catch (cause) {
    throw new PageError("request", { cause });
  }
}
