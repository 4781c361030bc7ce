import { startProgram } from "../cli/installation.ts";
import { eventually } from "./eventually.ts";

/** Starts `npx vestibule start` as an operator does, and waits until it serves. */
export async function startServerProgram(
  environment: Readonly<Record<string, string>>,
): Promise<{ said(): string; stop(): Promise<void> }> {
  const child = startProgram(environment, ["start"]);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  }
  const said = () => chunks.join("");
  await eventually(
    () => Promise.resolve(child.exitCode === null ? said() : `ended: ${said()}`),
    (text) => text.startsWith("ended: ") || text.includes("listens on"),
    { seconds: 30 },
  );
  if (child.exitCode !== null) {
    throw new Error(`The server did not start: ${said()}`);
  }
  return {
    said,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
