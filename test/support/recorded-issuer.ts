import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "./certificate.ts";
import { useResource } from "./suite-resource.ts";
import { useVestibule, type World } from "./use-vestibule.ts";

/** What an application sent to the issuer by itself, and what came back. */
interface Recorded {
  readonly path: string;
  /** The grant type of a token request; else empty. */
  readonly grant: string;
  readonly status: number;
}

/** Stands before a Vestibule as a proxy does, with http as `npm start` has it, or with https. */
export interface Front {
  readonly issuer: string;
  readonly recorded: readonly Recorded[];
  /** The environment of a program that trusts its certificate. */
  readonly trusting: Readonly<Record<string, string>>;
  readonly serve: (port: number) => void;
  /** Another site with the same certificate; answers its address. */
  readonly beside: (port: number) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts a Vestibule with one before the suite's tests. Call it inside `describe`. */
export function useRecordedIssuer(scheme: "http" | "https"): { vestibule: World; front: Front } {
  const front = useResource(
    () => openFront(scheme),
    ({ close }) => close(),
  );
  const exposed = scheme === "https" ? { VESTIBULE_ALLOW_EXPOSED_DEVELOPMENT: "yes" } : {};
  const vestibule = useVestibule({ settings: () => ({ VESTIBULE_ISSUER: front.issuer, ...exposed }) });
  before(() => {
    front.serve(vestibule.settings.port);
  });
  return { vestibule, front };
}

async function openFront(scheme: "http" | "https"): Promise<Front> {
  const recorded: Recorded[] = [];
  let to = 0;
  const { key, cert } = makeCertificate("localhost");
  const servers: Server[] = [];
  const openSite = async (answer: RequestListener): Promise<string> => {
    const server = scheme === "https" ? createHttpsServer({ key, cert }, answer) : createHttpServer(answer);
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    return `${scheme}://localhost:${String(typeof address === "object" && address !== null ? address.port : 0)}`;
  };
  const directory = mkdtempSync(join(tmpdir(), "vestibule-certificate-"));
  // Apache reads it as another user.
  chmodSync(directory, 0o755);
  const file = join(directory, "ca.pem");
  writeFileSync(file, cert);
  return {
    issuer: await openSite(passOn(() => to, recorded)),
    recorded,
    trusting: {
      NODE_EXTRA_CA_CERTS: file,
      SSL_CERT_FILE: file,
      REQUESTS_CA_BUNDLE: file,
      CURL_CA_BUNDLE: file,
    },
    serve: (port) => {
      to = port;
    },
    beside: (port) => openSite(passOn(() => port, [])),
    close: async () => {
      rmSync(directory, { recursive: true, force: true });
      await Promise.all(servers.map(closed));
    },
  };
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });

function passOn(port: () => number, recorded: Recorded[]): RequestListener {
  return (incoming, response) => {
    const { method, url = "/", headers } = incoming;
    const sent = bodyOf(incoming);
    const options = { host: "127.0.0.1", port: port(), method, path: url, headers };
    const outgoing = request(options, (answer) => {
      const status = answer.statusCode ?? 502;
      void sent.then((body) => {
        const { pathname } = new URL(url, "http://localhost");
        recorded.push({ path: pathname, grant: new URLSearchParams(body).get("grant_type") ?? "", status });
        response.writeHead(status, answer.headers);
        answer.pipe(response);
      });
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(incoming, "end");
  return Buffer.concat(chunks).toString("utf8");
}
