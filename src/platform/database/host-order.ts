import { OperatorError } from "../../kernel/errors.ts";
import { databaseFaultAtStart } from "./database-fault.ts";
import { hostName, type DatabaseHost } from "./database-host.ts";

/**
 * Which of an address's hosts is connected to, since node-postgres knows one only: the one that answered last, then
 * the others in their order. One that is a standby, or takes no writes, counts as one that does not answer.
 */
export class HostOrder {
  readonly hosts: readonly DatabaseHost[];
  readonly #reasons = new Map<string, unknown>();
  #current = 0;
  #answered: string | null = null;

  constructor(hosts: readonly DatabaseHost[]) {
    this.hosts = hosts;
  }

  /** The host of the next connection. */
  next(): DatabaseHost {
    const host = this.hosts[this.#current];
    if (host === undefined) {
      throw new Error("An address has at least one host.");
    }
    return host;
  }

  /**
   * Notes that a host can be worked with. Answers which others could not, each with its reason, when that is news: at
   * the first answer, and whenever another host answers than before.
   */
  answered(host: DatabaseHost): string[] {
    const name = hostName(host);
    const isNews = this.#answered !== name;
    this.#current = Math.max(
      0,
      this.hosts.findIndex((each) => hostName(each) === name),
    );
    this.#answered = name;
    this.#reasons.delete(name);
    return isNews ? [...this.#reasons].map(([other, reason]) => withReason(other, reason)) : [];
  }

  /** Notes why a host cannot be worked with; only the first of many connections that fail at once moves on. */
  failed(host: DatabaseHost, reason: unknown): void {
    this.#reasons.set(hostName(host), reason);
    if (hostName(this.next()) === hostName(host)) {
      this.#current = (this.#current + 1) % this.hosts.length;
    }
  }

  /**
   * Connects to one host after the other until one can be worked with. A fault that another host would have as well,
   * such as a wrong password, is thrown at once, as libpq has it.
   */
  async inTurn<T>(connect: () => Promise<T>, left = this.hosts.length - 1): Promise<T> {
    try {
      return await connect();
    } catch (error) {
      if (!isOfHost(error) || this.hosts.length === 1) {
        throw error;
      }
      if (left === 0) {
        throw this.#summary(error);
      }
    }
    return this.inTurn(connect, left - 1);
  }

  #summary(cause: unknown): OperatorError {
    const each = this.hosts.map(hostName).map((name) => withReason(name, this.#reasons.get(name)));
    return new OperatorError(`No host of the database can be used: ${each.join(", ")}.`, { cause });
  }
}

const withReason = (name: string, reason: unknown) =>
  `${name} (${databaseFaultAtStart(reason)?.text ?? "not tried"})`;

function isOfHost(error: unknown): boolean {
  const kind = databaseFaultAtStart(error)?.kind;
  return kind === "unreachable" || kind === "read-only";
}
