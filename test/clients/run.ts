/**
 * Runs stock clients of other ecosystems against Vestibule, and writes what came of it to docs/clients.md:
 * `npm run clients` for all of them, `npm run clients -- dex step` for some. `--record` keeps what they send for the
 * tests, in test/clients/recorded; `--show` prints what their programs said. What it installs is kept in VESTIBULE_CLIENTS_CACHE (~/.cache/vestibule-clients).
 */
import { closeCluster } from "../support/database.ts";
import { CLIENTS } from "./clients.ts";
import { Unavailable, type Client } from "./harness/client.ts";
import { readRows, tableOf, writeRows, type Row } from "./harness/document.ts";
import { openHouse, type House } from "./harness/house.ts";
import { keepRecord } from "./harness/recording.ts";
import { perform } from "./harness/stage.ts";

const words = process.argv.slice(2);
const isRecording = words.includes("--record");
const wanted = words.filter((word) => !word.startsWith("--"));
const unknown = wanted.filter((word) => !CLIENTS.some(({ name }) => name === word));
if (unknown.length > 0) {
  throw new Error(`Not known: ${unknown.join(", ")}. Known: ${CLIENTS.map(({ name }) => name).join(", ")}.`);
}

const houses = new Map<boolean, House>();

async function houseFor({ needsHttps = false }: Client): Promise<House> {
  const house = houses.get(needsHttps) ?? (await openHouse({ https: needsHttps }));
  houses.set(needsHttps, house);
  return house;
}

async function rowOf(client: Client): Promise<Row> {
  const { version, columns, switches } = client;
  const date = new Date().toISOString().slice(0, 10);
  const row = { version, date, columns, switches, result: {}, notRun: "" };
  try {
    await client.prepare();
  } catch (error) {
    if (error instanceof Unavailable) {
      return { ...row, notRun: error.message };
    }
    throw error;
  }
  const house = await houseFor(client);
  const stage = await perform(client, house);
  if (isRecording) {
    await keepRecord(client, stage);
  }
  return { ...row, result: stage.result() };
}

const rows = { ...readRows() };
for (const client of CLIENTS) {
  if (wanted.length === 0 || wanted.includes(client.name)) {
    console.log(`${client.name} ${client.version}`);
    const row = await rowOf(client);
    rows[client.name] = row;
    console.log(row.notRun === "" ? row.result : `  not run: ${row.notRun}`);
  }
}
for (const house of houses.values()) {
  await house.stop();
}
await closeCluster();

const inOrder = Object.fromEntries(
  CLIENTS.flatMap(({ name }) => (rows[name] === undefined ? [] : [[name, rows[name]]])),
);
await writeRows(inOrder);
console.log(tableOf(inOrder));
const failed = Object.values(inOrder).some(({ result }) =>
  Object.values(result).some((found) => found !== null),
);
process.exitCode = failed ? 1 : 0;
