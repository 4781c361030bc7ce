import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Html, html } from "./html.ts";

export interface LoopbackListener {
  readonly redirectUri: string;
  /** The address with which the browser came back. Rejects with `SignInTimeout` when it did not. */
  callback(expected: { state: string; timeoutMs: number }): Promise<URL>;
  close(): void;
}

/** The browser did not come back. */
export class SignInTimeout extends Error {}

/** Waits for the browser on a free port of this machine (RFC 8252, section 7.3). */
export async function openLoopbackListener(): Promise<LoopbackListener> {
  const server = createServer();
  const port = await listen(server);
  const redirectUri = `http://127.0.0.1:${port}/callback`;
  return {
    redirectUri,
    callback: (expected) => waitForCallback(server, redirectUri, expected),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function waitForCallback(
  server: Server,
  redirectUri: string,
  { state, timeoutMs }: { state: string; timeoutMs: number },
): Promise<URL> {
  return new Promise((resolve, reject) => {
    // Unreferenced: the open server keeps the program alive for as long as there is something to wait for.
    const timer = setTimeout(() => reject(new SignInTimeout()), timeoutMs).unref();
    server.on("request", (request, response) => {
      const address = new URL(request.url ?? "/", redirectUri);
      // Any page in any browser can call this port: only the answer to our own question counts.
      if (!isCallback(request, address) || address.searchParams.get("state") !== state) {
        answer(response, 404, notForUs);
        return;
      }
      clearTimeout(timer);
      answer(response, 200, address.searchParams.has("error") ? refused : finished);
      // The page is out before the program may end.
      response.once("close", () => resolve(address));
    });
  });
}

function isCallback(request: IncomingMessage, address: URL): boolean {
  return request.method === "GET" && address.pathname === "/callback";
}

interface Page {
  readonly title: string;
  readonly text: string;
}

const finished: Page = {
  title: "Back to the application",
  text: "You can close this window. The application goes on by itself.",
};
const refused: Page = {
  title: "The sign-in was not finished",
  text: "You can close this window. The application says more.",
};
const notForUs: Page = { title: "Nothing here", text: "This address only takes the answer of a sign-in." };

const style = `
  :root { color-scheme: light dark; }
  * { box-sizing: border-box; }
  body { margin: 0; padding: clamp(1rem, 12vh, 8rem) 1rem 1rem; font: 1.0625rem/1.6 system-ui, sans-serif;
    background: light-dark(#eef4f2, #0e1614); color: light-dark(#16211f, #e8f0ee); }
  main { max-width: 32rem; margin: 0 auto; padding: clamp(1.25rem, 6vw, 3rem); border-radius: 1.25rem;
    background: light-dark(#ffffff, #17211f); border: 1px solid light-dark(#dbe5e2, #2b3936); }
  h1 { margin: 0 0 0.75rem; font-size: 1.6rem; line-height: 1.25; }
  p { margin: 0; }
`;
// Put together here and not in the page, where a formatter may add a blank that the hash does not know.
const styleElement = new Html(`<style>${style}</style>`);
const styleHash = createHash("sha256").update(style).digest("base64");

function answer(response: ServerResponse, status: number, { title, text }: Page): void {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${styleElement}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${text}</p>
        </main>
      </body>
    </html> `;
  response.writeHead(status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:`,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    // One answer is all there is: the connection must not keep the program alive.
    Connection: "close",
  });
  response.end(page.text);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address) resolve(address.port);
    });
  });
}
