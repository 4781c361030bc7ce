import { spawn } from "node:child_process";

/**
 * Opens the person's own browser: passwords are typed there and never into this program (RFC 8252, section
 * 8.12). Returns false when there is none.
 */
export function openSystemBrowser(address: string): Promise<boolean> {
  // The address comes out of the identity provider's metadata: never start a file or a program from it.
  if (!/^https?:\/\//.test(address)) return Promise.resolve(false);
  const [program, ...fixed] = browserCommand(process.platform);
  return new Promise((resolve) => {
    const child = spawn(program, [...fixed, address], { stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
    // Some of these programs stay for as long as the browser does: no failure so far means that it opened.
    setTimeout(() => resolve(true), 3000).unref();
    child.unref();
  });
}

function browserCommand(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === "darwin") return ["open"];
  // Not `cmd /c start`: a command line would read the `&` of the address as the start of another command.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return ["xdg-open"];
}
