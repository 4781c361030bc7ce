import { lookup as resolve, type LookupAddress } from "node:dns";
import {
  Agent as HttpAgent,
  request as requestHttp,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Configuration } from "oidc-provider";
import { codeOf } from "../../kernel/errors.ts";
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
export function outgoingFetch(allowedHosts: readonly string[], limits: Limits = {}): Fetch {
  const rules = { allowed: new Set(allowedHosts), ...limits, isStatusEnough: false };
  return async (input, options) => {
    const { sent, how } = await guarded(new Request(input, options), rules);
    return exchange(sent, { ...how, agent: false });
  };
}

type Fetch = NonNullable<Configuration["fetch"]>;

interface Limits {
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
}

/** Requests that share connections, until they are closed. */
export interface Connections {
  readonly fetch: Fetch;
  readonly close: () => void;
}

/**
 * The same for many requests to one receiver, whose status alone is their answer: a body that is too long or too slow is cut. At most
 * `most` connections are open, and each is used again. The address is checked when one is opened, and it stays with that address. A host
 * may close one that is idle just when the next request is sent: that one is sent again, so these have to be requests that may
 * come twice.
 */
export function connectionsTo(
  allowedHosts: readonly string[],
  { most, ...limits }: Limits & { readonly most: number },
): Connections {
  const kept = { keepAlive: true, maxSockets: most, maxFreeSockets: most };
  const http = new HttpAgent(kept);
  // A resumed session would spare the certificate's check.
  const https = new HttpsAgent({ ...kept, maxCachedSessions: 0 });
  const rules = { allowed: new Set(allowedHosts), ...limits, isStatusEnough: true };
  return {
    fetch: async (input, options) => {
      const { sent, how } = await guarded(new Request(input, options), rules);
      const agent = sent.url.protocol === "https:" ? https : http;
      return exchange(sent, { ...how, agent }).catch((error: unknown) => {
        if (error instanceof Error && "wasStale" in error && error.wasStale === true) {
          return exchange(sent, { ...how, agent: false });
        }
        throw error;
      });
    },
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

/** A request that may be sent, and how. Throws for an address that may not be called. */
async function guarded(
  request: Request,
  {
    allowed,
    maxBytes = MAX_BYTES,
    timeoutMs = TIMEOUT_MS,
    isStatusEnough,
  }: Limits & { readonly allowed: ReadonlySet<string>; readonly isStatusEnough: boolean },
): Promise<{ readonly sent: Sent; readonly how: RequestOptions }> {
  const url = new URL(request.url);
  const isListed = allowed.has(url.hostname);
  if (!["http:", "https:"].includes(url.protocol) || (!isListed && isPrivateAddress(url.hostname))) {
    throw new Error("the address is not one that may be called");
  }
  const body = Buffer.from(await request.arrayBuffer());
  const how = {
    method: request.method,
    headers: { ...Object.fromEntries(request.headers), ...traceHeaders() },
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]),
    ...(isListed ? {} : { lookup: lookupPublic }),
  };
  return { sent: { url, body, maxBytes, isStatusEnough }, how };
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
  /** Whether the body of an answer says nothing. */
  readonly isStatusEnough: boolean;
}

/**
 * Its errors say by `wasConnected` whether the request can have reached the other side, and by `wasStale` whether the other side has
 * closed a connection that was used before instead of answering.
 */
function exchange(request: Sent, options: RequestOptions): Promise<Response> {
  const { url, body, isStatusEnough } = request;
  return new Promise((answered, failed) => {
    let wasConnected = false;
    let isAnswered = false;
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = send(url, options, (answer) => {
      isAnswered = true;
      readAnswer(answer, request).then(answered, (error: unknown) => {
        sent.destroy();
        failed(error instanceof Error ? error : new Error("the answer could not be read"));
      });
    });
    sent.once("socket", (socket) => {
      wasConnected = !socket.connecting;
      if (sent.reusedSocket) {
        return;
      }
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
        wasConnected = true;
      });
    });
    sent.on("error", (error) => {
      if (isAnswered && isStatusEnough) {
        // The end of a body that was cut.
        return;
      }
      const wasStale = !isAnswered && sent.reusedSocket && STALE.has(codeOf(error) ?? "");
      failed(Object.assign(error, { wasConnected, wasStale }));
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

const STALE: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);

async function readAnswer(answer: IncomingMessage, { maxBytes, isStatusEnough }: Sent): Promise<Response> {
  const status = answer.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    throw Object.assign(new Error("the answer leads elsewhere"), { code: "REDIRECTED" });
  }
  const body = isStatusEnough ? await dropped(answer, maxBytes) : await bytesOf(answer, maxBytes);
  const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  // `Response` throws when these statuses have a body.
  return new Response(status === 204 || status === 205 ? null : body, { status, headers });
}

async function bytesOf(answer: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new Error("the answer is too long");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads a body that says nothing, so that its connection can be used again; one that is too long or too slow is cut, with the connection. */
async function dropped(answer: IncomingMessage, maxBytes: number): Promise<null> {
  // The status has come, and says it all, however the body ends.
  await bytesOf(answer, maxBytes).catch(() => answer.destroy());
  return null;
}
