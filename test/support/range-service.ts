import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { useResource } from "./suite-resource.ts";

/** What came to the service. */
interface RangeRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A range service on loopback that knows what it is given. */
export interface RangeService {
  readonly url: string;
  readonly requests: RangeRequest[];
  /** Takes a password for known, so often; 0 is padding. */
  add(password: string, count: number): void;
  /** Answers otherwise than it should, until `null`. */
  answer(wrongly: ((response: ServerResponse) => void) | null): void;
  stop(): Promise<void>;
}

/** SHA-1 in capitals, as the service has it. */
export const sha1 = (password: string): string =>
  createHash("sha1").update(password).digest("hex").toUpperCase();

/** Lines that no password of a test has. */
const OTHERS = ["0018A45C4D1DEF81644B54AB7F969B88D65:10", "00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2"];

async function startRangeService(): Promise<RangeService> {
  const requests: RangeRequest[] = [];
  const counts = new Map<string, number>();
  let wrong: ((response: ServerResponse) => void) | null = null;
  const server = createServer(({ url = "", headers }, response) => {
    requests.push({ path: url, headers });
    if (wrong !== null) {
      wrong(response);
      return;
    }
    const prefix = url.split("/").at(-1) ?? "";
    const found = [...counts].filter(([hash]) => hash.startsWith(prefix));
    response.end([...OTHERS, ...found.map(([hash, count]) => `${hash.slice(5)}:${count}`)].join("\r\n"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/range`,
    requests,
    add: (password, count) => counts.set(sha1(password), count),
    answer: (wrongly) => {
      wrong = wrongly;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** One for the tests of a suite. Call it inside `describe`. */
export function useRangeService(): RangeService {
  return useResource(startRangeService, (service) => service.stop());
}
