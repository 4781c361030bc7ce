import { closeCluster, shareCluster } from "./database.ts";

/** Before and after a run of all files in several processes: they share one database server. */
export const mochaGlobalSetup = shareCluster;
export const mochaGlobalTeardown = closeCluster;
