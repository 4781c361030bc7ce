import { expect } from "chai";
import type { Page } from "playwright-core";
import { holdHasher } from "../support/busy.ts";
import { openGate, type DatabaseGate } from "../support/database-gate.ts";
