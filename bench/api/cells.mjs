// The grid: what is measured under which conditions, and the goals.
import { availableParallelism } from "node:os";

/**
 * @typedef {import("../stack.mjs").Front} Front
 * @typedef {import("../stack.mjs").Command} Command
 *
 * @typedef {"seconds" | "requests" | "pairBytes" | "engineMegabytes"} Figure
 *
 * One of `atMost` and `timesFloor` is given. `timesFloor` is about the program whose provider does nothing, in the same run.
 *
 * @typedef {object} Goal
 * @property {Command} command
 * @property {Figure} figure
 * @property {number} [atMost]
 * @property {number} [timesFloor]
 * @property {Front} [front] default: both
 *
 * @typedef {object} Cell
 * @property {string} name as `--only` takes it
 * @property {string} title
 * @property {{ pairs: number, instances?: number }} program
 * @property {number} operationMs how long an operation of the API takes, in milliseconds
 * @property {number} [parallel] the engine's `--parallel`; default: the engine's default
 * @property {number} [requestsPerSecond] the limit of the API, which is also the size of a burst; default: none
 * @property {Goal[]} goals
 */

/** How many changes the engine makes at once unless it is told otherwise. */
export const defaultParallelism = 4 * availableParallelism();

const machines = { pairs: 20, instances: 20 };

/** @type {Goal[]} */
const machineRequests = [
  { command: "up", figure: "requests", atMost: 150 },
  { command: "refresh", figure: "requests", atMost: 10 },
];

/** The time that the limit itself takes for the requests that an `up` of 20 instances and keys may send, in seconds. */
const LIMIT_SECONDS = (150 - 20) / 20;

/** @type {Cell[]} */
export const cells = [
  {
    name: "20-machines-3s",
    title: "20 instances + 20 keys, operations of 3 s",
    program: machines,
    operationMs: 3000,
    goals: [
      { command: "up", figure: "seconds", atMost: 12 },
      { command: "destroy", figure: "seconds", atMost: 11 },
      ...machineRequests,
    ],
  },
  {
    name: "20-machines-3s-p50",
    title: "20 instances + 20 keys, operations of 3 s, --parallel 50",
    program: machines,
    operationMs: 3000,
    parallel: 50,
    goals: [
      { command: "up", figure: "seconds", atMost: 5.5 },
      { command: "destroy", figure: "seconds", atMost: 4.2 },
      ...machineRequests,
    ],
  },
  {
    name: "20-machines-0.5s",
    title: "20 instances + 20 keys, operations of 0.5 s",
    program: machines,
    operationMs: 500,
    goals: [{ command: "up", figure: "seconds", atMost: 4 }, ...machineRequests],
  },
  {
    name: "20-machines-limited",
    title: "20 instances + 20 keys, operations of 0.5 s, at 20 requests/s",
    program: machines,
    operationMs: 500,
    requestsPerSecond: 20,
    goals: [{ command: "up", figure: "seconds", atMost: 1.2 * LIMIT_SECONDS }],
  },
  keys(1, []),
  keys(10, []),
  keys(100, [
    { command: "up", figure: "seconds", timesFloor: 1.25 },
    { command: "refresh", figure: "seconds", timesFloor: 1.25 },
    { command: "destroy", figure: "seconds", timesFloor: 1.25 },
    { command: "refresh", figure: "requests", atMost: 1 },
    { command: "destroy", figure: "requests", atMost: 110 },
    { command: "up", figure: "pairBytes", atMost: 1500, front: "plugin" },
    { command: "up", figure: "pairBytes", atMost: 5500, front: "dynamic" },
  ]),
  keys(1000, [
    { command: "up", figure: "seconds", timesFloor: 1.5 },
    { command: "destroy", figure: "seconds", timesFloor: 1.5 },
    { command: "destroy", figure: "requests", atMost: 1100 },
    { command: "up", figure: "engineMegabytes", atMost: 600 },
    { command: "destroy", figure: "engineMegabytes", atMost: 600 },
  ]),
];

/** @param {number} pairs @param {Goal[]} goals @returns {Cell} generated ed25519 pairs; the API carries out changes of keys at once */
function keys(pairs, goals) {
  const title = pairs === 1 ? "1 key" : `${pairs.toLocaleString("en")} keys`;
  return { name: title.replace(",", "").replace(" ", "-"), title, program: { pairs }, operationMs: 0, goals };
}
