/** The real `solami serve` on a free port, with the built page. */

import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const WEB_CLIENT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const ROOT = resolve(WEB_CLIENT, "..");
export const PYTHON = process.env["SOLAMI_PYTHON"] ?? resolve(ROOT, ".venv/bin/python");
export const DIST = resolve(WEB_CLIENT, "dist");
/** Pictures and server logs of the last run, for whoever looks into a failure. */
export const OUT = resolve(WEB_CLIENT, "e2e/out");

const READY_WITHIN_MS = 600_000; // a busy machine loads a model slowly

export interface RunningServer {
  url: string;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Start a server; resolves when sessions can be opened. */
export async function startServer(config: string, port?: number, settings: readonly string[] = []): Promise<RunningServer> {
  if (!existsSync(resolve(DIST, "index.html"))) throw new Error("dist/ is missing: run `npm run build` first");
  const at = port ?? (await freePort());
  const sets = [`server.web_root=${DIST}`, ...settings].flatMap((setting) => ["--set", setting]);
  const env = { ...process.env, OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const args = ["-m", "solami", "serve", "--config", config, "--port", String(at), ...sets];
  const process_ = spawn(PYTHON, args, { cwd: ROOT, env, stdio: ["ignore", "ignore", "pipe"] });
  const log: string[] = [];
  mkdirSync(OUT, { recursive: true });
  const logFile = createWriteStream(resolve(OUT, `server_${config}_${at}.log`), { flags: "a" });
  process_.stderr.on("data", (text: Buffer) => {
    log.push(text.toString());
    logFile.write(text);
  });
  const url = `http://127.0.0.1:${at}`;
  await ready(process_, url, log);
  return { url, stop: () => stop(process_) };
}

async function ready(server: ChildProcess, url: string, log: string[]): Promise<void> {
  const end = Date.now() + READY_WITHIN_MS;
  while (Date.now() < end) {
    if (server.exitCode !== null) throw new Error(`the server ended:\n${log.join("")}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((wait) => setTimeout(wait, 200));
  }
  server.kill("SIGKILL");
  throw new Error(`the server did not come up:\n${log.join("")}`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = new Promise((done) => server.once("exit", done));
  server.kill("SIGTERM");
  const giveUp = setTimeout(() => server.kill("SIGKILL"), 8000);
  await ended;
  clearTimeout(giveUp);
}
