import { lookup as resolve, type LookupAddress } from "node:dns";
import { request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Configuration } from "oidc-provider";
import { traceHeaders } from "../../kernel/trace-ids.ts";
import { isPublicAddress } from "./public-address.ts";

/** Longer responses are refused, unless the caller expects more. */
const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 2_500;

/**
 * Requests to addresses that were registered or set (back-channel logout, `jwks_uri`, known breaches). A registered
 * address must not reach into our own network (SSRF): each IP address is checked before the connection, and the checked
 * one is used, so that a name cannot resolve differently the second time (DNS rebinding). Hosts that the operator has
 * listed are not checked. Redirects are not followed, and time and size are limited, so that no host can keep us waiting
 * or reading.
 */
export function outgoingFetch(
  allowedHosts: readonly string[],
  {
    maxBytes = MAX_BYTES,
    timeoutMs = TIMEOUT_MS,
  }: { readonly maxBytes?: number; readonly timeoutMs?: number } = {},
): NonNullable<Configuration["fetch"]> {
  const allowed = new Set(allowedHosts);
  return async (input, options) => {
    const request = new Request(input, options);
    const url = new URL(request.url);
    const isListed = allowed.has(url.hostname);
    if (!["http:", "https:"].includes(url.protocol) || (!isListed && isPrivateAddress(url.hostname))) {
      throw new Error("the address is not one that may be called");
    }
    const body = Buffer.from(await request.arrayBuffer());
    const sent = { url, body, maxBytes };
    return exchange(sent, {
      method: request.method,
      headers: { ...Object.fromEntries(request.headers), ...traceHeaders() },
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]),
      agent: false,
      ...(isListed ? {} : { lookup: lookupPublic }),
    });
  };
}

/** A literal IP address is never looked up, so the lookup below would not see it. */
function isPrivateAddress(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  return isIP(address) !== 0 && !isPublicAddress(address);
}

/** Resolves a name, and fails when any of its addresses is inside a network. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
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

interface Sent {
  readonly url: URL;
  readonly body: Buffer;
  /** The longest answer that is read. */
  readonly maxBytes: number;
}

/** Its errors say by `wasConnected` whether the request can have reached the other side. */
function exchange({ url, body, maxBytes }: Sent, options: RequestOptions): Promise<Response> {
  return new Promise((answered, failed) => {
    let wasConnected = false;
    let isAnswered = false;
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = send(url, options, (answer) => {
      isAnswered = true;
      readAnswer(answer, maxBytes).then(answered, (error: unknown) => {
        sent.destroy();
        failed(error instanceof Error ? error : new Error("the answer could not be read"));
      });
    });
    sent.once("socket", (socket) => {
      wasConnected = !socket.connecting;
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
        wasConnected = true;
      });
    });
    sent.on("error", (error) => {
      failed(Object.assign(error, { wasConnected }));
    });
    // Also without an error: a host that changes to another protocol is cut off, and the request only closes.
    sent.once("close", () => {
      if (!isAnswered) {
        failed(Object.assign(new Error("the connection closed without an answer"), { wasConnected }));
      }
    });
    sent.end(body);
  });
}

async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Response> {
  const status = answer.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    throw Object.assign(new Error("the answer leads elsewhere"), { code: "REDIRECTED" });
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new Error("the answer is too long");
    }
    chunks.push(chunk);
  }
  const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  // `Response` throws when these statuses have a body.
  return new Response(status === 204 || status === 205 ? null : Buffer.concat(chunks), { status, headers });
}
