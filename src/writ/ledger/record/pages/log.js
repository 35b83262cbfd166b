// A transparency log as anybody can read it: its key, checkpoints, tiles, and proofs from them.
//
// 1. A checkpoint is a note signed with Ed25519 (C2SP signed-note, tlog-checkpoint).
// 2. Hashes come from the log's tiles (C2SP tlog-tiles); none is believed before it leads to a root.
// 3. Proofs are checked as RFC 9162 has it, sections 2.1.3.2 and 2.1.4.2; what does not hold is Wrong.

const WIDTH = 256;
const HEIGHT = 8;

export class Wrong extends Error {}

const text = new TextEncoder();

export const same = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);
const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((place, part) => (whole.set(part, place), place + part.length), 0);
  return whole;
};
export const hash = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
export const leafHash = (entry) => hash(Uint8Array.of(0), entry);
const nodeHash = (left, right) => hash(Uint8Array.of(1), left, right);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const half = (number) => Math.floor(number / 2);
const odd = (number) => number % 2 === 1;

export function base64(value, what) {
  try {
    return Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Wrong(`${what} is not base64`);
  }
}

// The log's key and checkpoints (rule 1)

export async function readKey(line) {
  const [name, id, ...rest] = line.trim().split("+");
  const data = base64(rest.join("+"), "the key");
  if (!name || !/^[0-9a-f]{8}$/.test(id || "") || data.length !== 33 || data[0] !== 1)
    throw new Wrong("the key is not an Ed25519 key as logs write it: NAME+ID+BASE64");
  const found = (await hash(text.encode(name), Uint8Array.of(10), data)).slice(0, 4);
  if (hex(found) !== id) throw new Wrong("the key's id does not fit the key; it was copied wrongly");
  return { name, id: found, public: data.slice(1) };
}

export function readCheckpoint(note) {
  const place = note.lastIndexOf("\n\n");
  const lines = note.slice(0, Math.max(place, 0)).split("\n");
  if (place < 0 || lines.length < 3 || !/^(0|[1-9][0-9]{0,14})$/.test(lines[1]))
    throw new Wrong("it is not a checkpoint: origin, size, root, an empty line, signatures");
  const signatures = note.slice(place + 2).split("\n").filter(Boolean).map((line) => {
    const [dash, name, data] = line.split(" ");
    if (dash !== "—" || !data) throw new Wrong("a signature line is a dash, a name and base64");
    return { name, data: base64(data, "a signature") };
  });
  const root = base64(lines[2], "the root");
  return { origin: lines[0], size: Number(lines[1]), root, body: note.slice(0, place + 1), signatures };
}

// Returns whether the browser could check; a signature that is wrong or missing is Wrong.
export async function checkSignature(checkpoint, key) {
  const mine = checkpoint.signatures.filter(
    (item) => item.name === key.name && same(item.data.slice(0, 4), key.id),
  );
  if (mine.length === 0) throw new Wrong("the checkpoint is not signed by that key");
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return false;
    throw new Wrong("the key is no Ed25519 key");
  }
  const body = text.encode(checkpoint.body);
  for (const item of mine)
    if (!(await crypto.subtle.verify({ name: "Ed25519" }, imported, item.data.slice(4), body)))
      throw new Wrong("the signature on the checkpoint is not that key's");
  if (checkpoint.origin !== key.name) throw new Wrong("the checkpoint is of another log than the key's");
  return true;
}

// Nodes from tiles (rule 2)

export class Tiles {
  // `read` gives the bytes of a file of the log.
  constructor(size, read) {
    this.size = size;
    this.read = read;
    this.kept = new Map();
  }

  path(level, index, width) {
    const digits = String(index);
    const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g);
    const last = groups.pop();
    const number = groups.map((group) => `x${group}/`).join("") + last;
    return `tile/${level}/${number}${width === WIDTH ? "" : `.p/${width}`}`;
  }

  async row(level, index) {
    const name = `${level}/${index}`;
    if (!this.kept.has(name)) {
      const there = Math.floor(this.size / 2 ** (HEIGHT * level)) - index * WIDTH;
      const width = Math.min(WIDTH, there);
      const data = await this.read(this.path(level, index, width));
      if (data.length !== width * 32) throw new Wrong("a tile of the log is cut off");
      this.kept.set(name, data);
    }
    return this.kept.get(name);
  }

  async node(level, index) {
    const base = Math.floor(level / HEIGHT);
    const count = 2 ** (level % HEIGHT);
    const first = index * count;
    const row = await this.row(base, Math.floor(first / WIDTH));
    let hashes = [];
    for (let place = first % WIDTH; place < (first % WIDTH) + count; place++)
      hashes.push(row.slice(place * 32, place * 32 + 32));
    while (hashes.length > 1) {
      const pairs = [];
      for (let place = 0; place < hashes.length; place += 2)
        pairs.push(await nodeHash(hashes[place], hashes[place + 1]));
      hashes = pairs;
    }
    return hashes[0];
  }

  async subtree(start, end) {
    const hashes = [];
    while (start < end) {
      const level = Math.floor(Math.log2(end - start));
      hashes.push(await this.node(level, start / 2 ** level));
      start += 2 ** level;
    }
    let found = hashes.pop();
    while (hashes.length) found = await nodeHash(hashes.pop(), found);
    return found;
  }

  async entry(index) {
    const bundle = Math.floor(index / WIDTH);
    const width = Math.min(WIDTH, this.size - bundle * WIDTH);
    const data = await this.read(this.path("entries", bundle, width));
    let place = 0;
    for (let number = bundle * WIDTH; place + 2 <= data.length; number++) {
      const length = data[place] * 256 + data[place + 1];
      if (number === index) return data.slice(place + 2, place + 2 + length);
      place += 2 + length;
    }
    throw new Wrong("the bundle of entries is cut off");
  }

  async inclusion(index) {
    const path = [];
    let [start, end] = [0, this.size];
    while (end - start > 1) {
      const middle = start + split(end - start);
      if (index < middle) {
        path.unshift(await this.subtree(middle, end));
        end = middle;
      } else {
        path.unshift(await this.subtree(start, middle));
        start = middle;
      }
    }
    return path;
  }

  async consistency(old) {
    if (old === 0 || old === this.size) return [];
    const path = [];
    let [start, end, whole] = [0, this.size, true];
    while (old < end) {
      const middle = start + split(end - start);
      if (old <= middle) {
        path.unshift(await this.subtree(middle, end));
        end = middle;
      } else {
        path.unshift(await this.subtree(start, middle));
        [start, whole] = [middle, false];
      }
    }
    if (!whole) path.unshift(await this.subtree(start, end));
    return path;
  }
}

const split = (size) => 2 ** Math.floor(Math.log2(size - 1));

// Proofs (rule 3)

export async function checkInclusion(leaf, index, size, path, root) {
  let [place, last, found] = [index, size - 1, leaf];
  if (!(index >= 0 && index < size)) throw new Wrong("the checkpoint is older than the edition");
  for (const item of path) {
    if (last === 0) throw new Wrong("the proof is too long");
    if (odd(place) || place === last) {
      found = await nodeHash(item, found);
      while (!odd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      found = await nodeHash(found, item);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0 || !same(found, root)) throw new Wrong("the entry does not lead to the root that was signed");
}

export async function checkConsistency(old, now, path) {
  const different = new Wrong("the log does not begin with the earlier checkpoint: it was changed");
  if (old.size > now.size) throw new Wrong("the log is shorter than it was: entries are missing");
  if (old.size === now.size) {
    if (!same(old.root, now.root)) throw different;
    return;
  }
  if (old.size === 0) return;
  let [place, last] = [old.size - 1, now.size - 1];
  while (odd(place)) [place, last] = [half(place), half(last)];
  const rest = [...path];
  const power = Number.isInteger(Math.log2(old.size));
  const first = power ? old.root : rest.shift();
  let [before, after] = [first, first];
  for (const item of rest) {
    if (last === 0) throw different;
    if (odd(place) || place === last) {
      before = await nodeHash(item, before);
      after = await nodeHash(item, after);
      while (!odd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      after = await nodeHash(after, item);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0 || !same(before, old.root) || !same(after, now.root)) throw different;
}
