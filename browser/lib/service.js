// The real binary on a fresh folder and a free port.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const START = 60_000;

/**
 * The service: `url`; `tool(...args)`, a command of the binary on the same folder, its JSON answer; `faults()`, what it
 * logged as an error; `stop()`.
 */
export async function startService(binary = process.env.REPEATPOSTS_BIN) {
  if (!binary) throw new Error("REPEATPOSTS_BIN says where the binary is");
  const folder = await mkdtemp(path.join(tmpdir(), "repeatposts-browser-"));
  const data = path.join(folder, "data");
  const child = spawn(binary, ["serve", "--data-dir", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  createInterface(child.stderr).on("line", (line) => log.push(line));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await told(child, log);
  return {
    url,
    async tool(...args) {
      const { stdout } = await promisify(execFile)(binary, [...args, "--json", "--data-dir", data, "--public-url", url]);
      return JSON.parse(stdout);
    },
    faults: () => log.filter((line) => line.includes('"level":"ERROR"') || line.includes("panicked")),
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the address from what it prints. */
function told(child, log) {
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the service ${why}\n${log.join("\n")}`));
    const timer = setTimeout(() => fail("did not start in time"), START);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`ended with ${code}`));
    createInterface(child.stdout).on("line", (line) => {
      const url = line.match(/^Listening on (\S+)/)?.[1];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
