import Router from "@koa/router";
import { z } from "zod";
import { readText } from "../web/body.ts";
import type { Context, State } from "../web/context.ts";
import { PageError } from "../../kernel/errors.ts";
import type { ReceiptResult, Receipts } from "./receipts.ts";
import { noStore } from "../web/security-headers.ts";

/** Far more than any receipt has. */
const MAX_BYTES = 16 * 1024;
const MAX_FIELDS = 50;

/** Where the SMS provider tells how a message went; there only where it is the gateway. */
export function webhookRoutes(receipts: Receipts): Router<State> {
  const router = new Router<State>();
  const receipt = async (ctx: Context) => {
    answer(ctx, await receipts.acceptReceipt(await readFields(ctx)));
  };
  router.get("/webhooks/vonage/receipts", receipt);
  router.post("/webhooks/vonage/receipts", receipt);
  router.post("/webhooks/vonage/status", async (ctx) => {
    const [, token = ""] = /^Bearer (\S+)$/i.exec(ctx.get("authorization")) ?? [];
    answer(ctx, await receipts.acceptStatus(await readText(ctx, MAX_BYTES), token));
  });
  // The provider asks for this address too; nobody answers a code by text message.
  router.post("/webhooks/vonage/inbound", (ctx) => {
    ctx.status = 204;
  });
  return router;
}

/** A message that nobody knows is no fault of the caller's: an error would only be sent again for a day. */
function answer(ctx: Context, result: ReceiptResult): void {
  noStore(ctx);
  ctx.body = "";
  ctx.status = { heard: 204, refused: 401, unreadable: 400 }[result];
}

const valuesSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** Query, form or JSON, as set in the provider's dashboard. A name that comes twice is refused. */
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
