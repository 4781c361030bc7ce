import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgram } from "../../../src/cli/program.ts";
import { readSettings } from "../../../src/server/settings/settings.ts";
import { pairsOf } from "../../support/dockerfile.ts";
import { rendered, SETS_OF_VALUES, type Manifest } from "./chart.ts";

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly requests?: object; readonly limits?: object };
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

interface Source {
  readonly secret: { readonly name: string; readonly items: readonly { key: string; path: string }[] };
}

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds?: number;
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly projected?: { readonly defaultMode: number; readonly sources: readonly Source[] };
  }[];
}

const SETS = Object.keys(SETS_OF_VALUES);

const podsOf = (set: string) =>
  rendered(set)
    .filter(({ kind }) => ["Deployment", "Job"].includes(kind))
    .map(({ metadata, spec }) => {
      const { spec: pod } = spec["template"] as { spec: Pod };
      const [container, ...others] = pod.containers;
      if (container === undefined || others.length > 0) {
        throw new Error("A pod has one container.");
      }
      return { set, name: metadata.name, pod, container };
    });

const all = SETS.flatMap(podsOf);

const environmentOf = ({ env }: Container) =>
  Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));

const find = (set: string, kind: string): Manifest | undefined =>
  rendered(set).find((manifest) => manifest.kind === kind);

describe("the pods of the Helm chart", () => {
  const folder = mkdtempSync(join(tmpdir(), "chart-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("are the servers, the workers and the migration", () => {
    expect(podsOf("readme").map(({ name }) => name)).to.have.members([
      ...["vestibule-server", "vestibule-worker", "vestibule-migration"],
    ]);
    expect(podsOf("smallest").map(({ name }) => name)).to.deep.equal(["vestibule-server"]);
  });

  it("run commands that there are, by the way into the image", () => {
    const commands = createProgram({
      ...{ output: process.stdout, errorOutput: process.stderr, environment: {} },
      input: process.stdin,
    }).commands.map((command) => command.name());
    for (const { container } of all) {
      expect(container).to.not.have.property("command");
      expect(container.args).to.have.length(1);
      expect(commands).to.include(container.args[0]);
    }
  });

  it("T197 may do nothing but what they are for: no root, no capability, no writing, no token", () => {
    for (const { pod, container, name } of all) {
      expect(pod.automountServiceAccountToken, name).to.equal(false);
      expect(pod.securityContext, name).to.deep.equal({
        ...{ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(container.securityContext, name).to.deep.equal({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        capabilities: { drop: ["ALL"] },
      });
      expect(container.resources, name).to.have.keys("requests", "limits");
    }
  });

  it("T197 have secrets from Secrets alone, as files that no other user may read", () => {
    for (const { pod, container, name, set } of all) {
      const secrets = pod.volumes.find((volume) => volume.name === "secrets")?.projected;
      expect(secrets?.defaultMode, name).to.equal(0o400);
      const mounted = secrets?.sources.flatMap(({ secret }) => secret.items.map(({ path }) => path)) ?? [];
      const files = Object.entries(environmentOf(container)).filter(([, value]) =>
        value.startsWith("/etc/vestibule/secrets/"),
      );
      expect(
        files.map(([, value]) => value.replace("/etc/vestibule/secrets/", "")),
        name,
      ).to.have.members(mounted);
      expect(files.map(([setting]) => setting)).to.include("DATABASE_URL_FILE");
      const isMigration = container.name === "migration";
      expect(mounted.includes("VESTIBULE_DATABASE_OWNER_URL"), `${set} ${name}`).to.equal(isMigration);
    }
    expect(SETS.flatMap(rendered).map(({ kind }) => kind)).to.not.include("Secret");
  });

  it("have settings that the program accepts in production", () => {
    for (const { container, name, set } of all) {
      const environment = Object.fromEntries(
        Object.entries({ ...pairsOf("ENV"), ...environmentOf(container) }).map(([setting, value]) => {
          if (!value.startsWith("/etc/vestibule/")) {
            return [setting, value];
          }
          const file = join(folder, setting);
          const text = setting.includes("DATABASE")
            ? "postgres://vestibule_server:word@database-rw:5432/vestibule?sslmode=require"
            : "value-of-a-secret";
          writeFileSync(file, text, { mode: 0o600 });
          return [setting, file];
        }),
      );
      const settings = readSettings(environment);
      expect(settings.issuer, `${set} ${name}`).to.equal("https://id.example.com");
    }
  });

  it("have their secrets in a whole path, so that no other place is meant", () => {
    for (const { container } of all) {
      const places = container.volumeMounts.map(({ mountPath }) => mountPath);
      expect(places).to.include.members(["/tmp", "/data", "/etc/vestibule/secrets"]);
    }
  });

  it("end after the delay in which they still serve, and 15 seconds", () => {
    for (const { pod, container } of all.filter(({ container: { name } }) => name === "server")) {
      const delay = Number(environmentOf(container)["VESTIBULE_SHUTDOWN_DELAY"]);
      expect(delay).to.be.above(0);
      expect(pod.terminationGracePeriodSeconds).to.equal(delay + 15);
      const probe = container.readinessProbe;
      expect(probe?.httpGet).to.deep.equal({ path: "/health/ready", port: "http" });
      expect((probe?.periodSeconds ?? 0) * (probe?.failureThreshold ?? 0)).to.be.below(delay);
      expect(container.livenessProbe?.httpGet).to.deep.equal({ path: "/health/live", port: "http" });
    }
  });

  it("listen where their probes, the service and the monitor look", () => {
    for (const { container } of all.filter(({ container: { name } }) => name !== "migration")) {
      const { PORT, VESTIBULE_MANAGEMENT_PORT, VESTIBULE_MANAGEMENT_HOST } = environmentOf(container);
      const ports = Object.fromEntries(
        (container.ports ?? []).map(({ name, containerPort }) => [name, String(containerPort)]),
      );
      expect(ports["management"]).to.equal(VESTIBULE_MANAGEMENT_PORT);
      expect(VESTIBULE_MANAGEMENT_HOST).to.equal("0.0.0.0");
      expect(ports["http"]).to.equal(PORT);
    }
    expect(find("readme", "Service")?.spec["ports"]).to.deep.equal([
      { name: "http", port: 80, targetPort: "http" },
    ]);
    expect(find("everything", "PodMonitor")?.spec["podMetricsEndpoints"]).to.deep.equal([
      { port: "management", path: "/metrics", interval: "15s" },
    ]);
  });

  it("hand messages over in the worker alone, where there is one", () => {
    const asked = (set: string) =>
      podsOf(set)
        .filter(({ container }) => container.name === "server")
        .map(({ container }) => environmentOf(container)["VESTIBULE_MESSAGE_WORKERS"]);
    expect([asked("smallest"), asked("readme")]).to.deep.equal([["yes"], ["no"]]);
  });

  it("are migrated before they are replaced, and never all away at the same time", () => {
    expect(find("readme", "Job")?.metadata.annotations).to.include({
      "helm.sh/hook": "pre-install,pre-upgrade",
    });
    const server = find("readme", "Deployment");
    expect(server?.spec["strategy"]).to.deep.equal({ rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
    expect(find("readme", "PodDisruptionBudget")?.spec["maxUnavailable"]).to.equal(1);
    expect(find("smallest", "PodDisruptionBudget")).to.equal(undefined);
  });

  it("T197 are reached by the proxies alone, and on the management port by the monitoring", () => {
    const policy = find("everything", "NetworkPolicy")?.spec;
    expect(policy?.["policyTypes"]).to.deep.equal(["Ingress", "Egress"]);
    expect(policy?.["ingress"]).to.deep.equal([
      { from: [{ ipBlock: { cidr: "10.1.0.0/16" } }], ports: [{ port: 3000 }] },
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        ports: [{ port: 9999 }],
      },
    ]);
    expect(find("smallest", "NetworkPolicy")).to.equal(undefined);
  });
});
