import { lookup as resolve, type LookupAddress } from "node:dns";
import { request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Configuration } from "oidc-provider";
import { isPublicAddress } from "./public-address.ts";

/** Longest answer that is read. */
const MOST_BYTES = 64 * 1024;
const PATIENCE_MS = 2_500;

/**
 * Requests that oidc-provider makes (back-channel logout, `jwks_uri`). Whoever registers an address must not reach
 * what stands inside our network: an address is judged before anything connects, and the one that was judged is the
 * one that is connected to, so a name cannot resolve otherwise the second time. Hosts that the operator has listed go
 * unjudged. No redirect is followed, and nobody can keep us waiting or reading.
 */
export function outgoingFetch(allowedHosts: readonly string[]): NonNullable<Configuration["fetch"]> {
  const allowed = new Set(allowedHosts);
  return async (input, options) => {
    const request = new Request(input, options);
    const url = new URL(request.url);
    const isListed = allowed.has(url.hostname);
    if (!["http:", "https:"].includes(url.protocol) || (!isListed && isInside(url.hostname))) {
      throw new Error("the address is not one that may be called");
    }
    const body = Buffer.from(await request.arrayBuffer());
    return exchange(url, body, {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]),
      agent: false,
      ...(isListed ? {} : { lookup: lookupOutside }),
    });
  };
}

/** An address that is written as a number is never looked up. */
function isInside(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  return isIP(address) !== 0 && !isPublicAddress(address);
}

/** Resolves a name and gives it up when any of its addresses is inside a network. */
const lookupOutside: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (
      error !== null ||
      first === undefined ||
      !addresses.every(({ address }) => isPublicAddress(address))
    ) {
      callback(error ?? new Error("the name leads inside a network"), "", 0);
      return;
    }
    if (options.all === true) {
      callback(null, addresses);
      return;
    }
    callback(null, first.address, first.family);
  });
};

function exchange(url: URL, body: Buffer, options: RequestOptions): Promise<Response> {
  return new Promise((answered, failed) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = send(url, options, (answer) => {
      readAnswer(answer).then(answered, (error: unknown) => {
        sent.destroy();
        failed(error instanceof Error ? error : new Error("the answer could not be read"));
      });
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

async function readAnswer(answer: IncomingMessage): Promise<Response> {
  const status = answer.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    throw new Error("the answer leads elsewhere");
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) {
      throw new Error("the answer is too long");
    }
    chunks.push(chunk);
  }
  const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  // A status without a body must be given none.
  return new Response(status === 204 || status === 205 ? null : Buffer.concat(chunks), { status, headers });
}
