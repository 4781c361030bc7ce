import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { startProgram, type Environment } from "./installation.ts";

/** A started server, what it has said so far, and its end. */
export interface Server {
  readonly child: ChildProcess;
  said(): string;
  readonly ended: Promise<number | null>;
}

/** Starts one, or another verb that goes on, and waits until it says `word`. */
export async function startServer(
  environment: Environment,
  words: readonly string[],
  word: string,
  verb = "start",
): Promise<Server> {
  const child = startProgram(environment, [verb, ...words]);
  let said = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(word)) {
        resolve();
      }
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    void ended.then(() => {
      reject(new Error(`It ended: ${said}`));
    });
  });
  return { child, said: () => said, ended };
}

/** The JSON lines that a process has logged so far. */
export const logOf = ({ said }: Server): Record<string, unknown>[] =>
  said()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

export const messagesOf = (server: Server) => logOf(server).map(({ msg }) => msg);

/** Begins a request that does not end by itself, and waits until the server has it in hand. 97 bytes are missing. */
export async function beginRequest(port: string): Promise<Socket> {
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(
    "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
      "Expect: 100-continue\r\nContent-Length: 99\r\n\r\na=",
  );
  await once(socket, "data");
  return socket;
}
