import { OperatorError } from "../../kernel/errors.ts";
import { databaseFaultAtStart } from "./database-fault.ts";
import { hostName, type DatabaseHost } from "./database-host.ts";

/**
 * Failover between the hosts of an address, because node-postgres supports one host only: first the host that answered last, then
 * the others in their order. A host that is read-only counts as not answering.
 */
export class HostOrder {
  readonly hosts: readonly DatabaseHost[];
  readonly #reasons = new Map<string, unknown>();
  #current = 0;
  #answered: string | null = null;

  constructor(hosts: readonly DatabaseHost[]) {
    this.hosts = hosts;
  }

  /** The host for the next connection. */
  next(): DatabaseHost {
    const host = this.hosts[this.#current];
    if (host === undefined) {
      throw new Error("An address has at least one host.");
    }
    return host;
  }

  /**
   * Records that a host can be used. At the first answer, and when the host has changed, returns the hosts that could not be used,
   * with the reasons.
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

  /** Records why a host cannot be used. Of many connections that fail at the same time, only the first moves on to the next host. */
  failed(host: DatabaseHost, reason: unknown): void {
    this.#reasons.set(hostName(host), reason);
    if (hostName(this.next()) === hostName(host)) {
      this.#current = (this.#current + 1) % this.hosts.length;
    }
  }

  /**
   * Connects to one host after the other until one can be used. Like libpq, throws immediately for faults that all hosts would
   * have, such as a wrong password.
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
