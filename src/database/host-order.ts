import { OperatorError } from "../kernel/errors.ts";
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

  /** Notes that a host can be worked with. Answers whether another one could before. */
  answered(host: DatabaseHost): boolean {
    const name = hostName(host);
    const isChange = this.#answered !== null && this.#answered !== name;
    this.#current = Math.max(
      0,
      this.hosts.findIndex((each) => hostName(each) === name),
    );
    this.#answered = name;
    this.#reasons.delete(name);
    return isChange;
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
    const each = this.hosts.map((host) => {
      const reason = this.#reasons.get(hostName(host));
      return `${hostName(host)} (${databaseFaultAtStart(reason)?.text ?? "not tried"})`;
    });
    return new OperatorError(`No host of the database can be used: ${each.join(", ")}.`, { cause });
  }
}

function isOfHost(error: unknown): boolean {
  const kind = databaseFaultAtStart(error)?.kind;
  return kind === "unreachable" || kind === "read-only";
}
