// Checks in the reader's own browser that the log has an edition, and continues an earlier checkpoint.
//
// 1. The checkpoint is signed by the key that the reader gives.
// 2. The edition is the one that an event row names by its digest; the row and its salt give an entry.
// 3. The entry stands in the log's bundle, and leads to the checkpoint's root.
// 4. An earlier checkpoint is signed by the same key, and the log begins with it.

import {
  Tiles, Wrong, base64, checkConsistency, checkInclusion, checkSignature, hash, hex, leafHash, readCheckpoint,
  readKey, same,
} from "./log.js";

const LOG = "log/";
const text = new TextEncoder();
const words = new TextDecoder("utf-8", { fatal: true });

async function read(path) {
  const answer = await fetch(path, { cache: "no-cache", credentials: "omit" });
  if (!answer.ok) throw new Wrong(`the server does not have ${path} (${answer.status})`);
  return new Uint8Array(await answer.arrayBuffer());
}

// What was told (rule 2)

async function readEdition(name) {
  const [order, number] = name.split("/");
  const place = `orders/${order}${order.endsWith(".html") ? "~" : ""}/${number}`;
  const document = await read(`${place}.json`);
  const opening = JSON.parse(words.decode(await read(`${place}.opening.json`)));
  const salt = base64(opening.salt, "the salt");
  const bytes = base64(opening.row, "the row");
  const row = JSON.parse(words.decode(bytes));
  const payload = row.payload;
  if (row.kind !== "record.published" || payload.order !== order || payload.edition !== Number(number))
    throw new Wrong("the event is of another edition");
  if (payload.document !== `sha256:${hex(await hash(document))}`)
    throw new Wrong("the edition is not the one that was published");
  const commitment = `sha256:${hex(await hash(salt, bytes))}`;
  const entry = text.encode(JSON.stringify({ commitment, format: "writ-entry-1" }));
  return { index: row.seq - 1, entry, at: new Date(payload.at / 1000).toISOString().replace(/\.\d+Z$/, "Z") };
}

// The page

const steps = document.getElementById("steps");
const verdict = document.getElementById("verdict");

function tell(kind, mark, sentence) {
  const item = document.createElement("li");
  const bold = document.createElement("b");
  item.className = kind;
  bold.textContent = mark;
  item.append(bold, ` ${sentence}`);
  steps.append(item);
}

function conclude(kind, sentence) {
  verdict.className = kind;
  verdict.textContent = sentence;
}

const UNCHECKED =
  "This browser cannot check signatures of this kind (Ed25519). The arithmetic below holds, but whose" +
  " checkpoint it is was not checked: use a newer browser, or `writ log verify`.";

async function check(form) {
  const key = await readKey(form.key.value);
  const now = readCheckpoint(words.decode(await read(`${LOG}checkpoint`)));
  const signed = await checkSignature(now, key);
  if (signed) tell("yes", "Yes.", `The key signed a checkpoint of ${now.size} entries.`);
  else tell("open", "Not checked.", `The signature on the checkpoint of ${now.size} entries.`);
  const tiles = new Tiles(now.size, (path) => read(LOG + path));
  if (form.edition) {
    const name = form.edition.value;
    const edition = await readEdition(name);
    tell("yes", "Yes.", `An event says that this very edition of ${name.split("/")[0]} was published ${edition.at}.`);
    if (!same(await tiles.entry(edition.index), edition.entry))
      throw new Wrong("the log has another entry in its place");
    const leaf = await leafHash(edition.entry);
    await checkInclusion(leaf, edition.index, now.size, await tiles.inclusion(edition.index), now.root);
    tell("yes", "Yes.", `That event is entry ${edition.index} of the log, and leads to its root.`);
  }
  const kept = form.earlier.value.trim();
  if (kept) {
    const old = readCheckpoint(`${kept}\n`);
    await checkSignature(old, key);
    if (old.origin !== now.origin) throw new Wrong("the earlier checkpoint is of another log");
    const path = old.size > now.size ? [] : await tiles.consistency(old.size);
    await checkConsistency(old, now, path);
    tell("yes", "Yes.", `The log begins with the ${old.size} entries of the earlier checkpoint.`);
  }
  if (signed) conclude("good", "All of it holds.");
  else conclude("", UNCHECKED);
}

document.getElementById("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  steps.replaceChildren();
  conclude("", "Checking.");
  if (!globalThis.crypto || !crypto.subtle) {
    conclude("bad", "The browser does arithmetic of this kind only over https; open this page there.");
    return;
  }
  try {
    await check(event.target);
  } catch (error) {
    const why = error instanceof Wrong ? error.message : `it cannot be read (${error.name})`;
    tell("no", "No.", `${why[0].toUpperCase()}${why.slice(1)}.`);
    conclude("bad", "It does not hold.");
  }
});

const wanted = decodeURIComponent(location.hash.slice(1));
const offered = document.getElementById("edition");
if (wanted && offered) {
  const found = [...offered.options].find((option) => option.value.startsWith(`${wanted}/`));
  if (found) offered.value = found.value;
}
