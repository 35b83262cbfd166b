// Reads published logs with the script of the public record, and tells what holds.
//
// Usage: node log_reader.mjs LOG_JS CASES; CASES is a JSON list of {folder, key, index, entry, earlier};
// prints a JSON list of "holds" or why not.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [script, cases] = process.argv.slice(2);
const log = await import(pathToFileURL(script));

async function check({ folder, key, index, entry, earlier }) {
  const read = async (path) => new Uint8Array(await readFile(join(folder, path)));
  const trusted = await log.readKey(key);
  const now = log.readCheckpoint(new TextDecoder().decode(await read("checkpoint")));
  await log.checkSignature(now, trusted);
  const tiles = new log.Tiles(now.size, read);
  const told = log.base64(entry, "the entry");
  if (!log.same(await tiles.entry(index), told)) throw new log.Wrong("another entry stands there");
  await log.checkInclusion(await log.leafHash(told), index, now.size, await tiles.inclusion(index), now.root);
  const old = log.readCheckpoint(earlier);
  await log.checkSignature(old, trusted);
  const path = old.size > now.size ? [] : await tiles.consistency(old.size);
  await log.checkConsistency(old, now, path);
}

const found = [];
for (const item of JSON.parse(readFileSync(cases, "utf-8"))) {
  try {
    await check(item);
    found.push("holds");
  } catch (error) {
    if (!(error instanceof log.Wrong)) throw error;
    found.push(error.message);
  }
}
console.log(JSON.stringify(found));
