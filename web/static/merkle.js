// The Merkle tree of RFC 6962 and C2SP signed notes, as a reader's browser checks them. Proofs are arrays of
// Uint8Array; sizes stay below 2^53, and are halved by division, since shifts would cut them to 32 bits.
import { t } from "./words.js";

const text = new TextEncoder();

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
export const leafHash = (body) => sha256([0], text.encode(body)); // RFC 6962 section 2.1
const nodeHash = (left, right) => sha256([1], left, right);

function join(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

function sameBytes(a, b) {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

const half = (n) => Math.floor(n / 2);
const odd = (n) => n % 2 === 1;

// included says whether the path leads from a leaf to the root of a tree (RFC 9162 section 2.1.3.2).
export async function included(leaf, index, size, path, root) {
  if (!(index >= 0 && index < size)) return false;
  let at = index, last = size - 1, hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (odd(at) || at === last) {
      hash = await nodeHash(sibling, hash);
      while (!odd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameBytes(hash, root);
}

// consistent says whether the tree of size entries begins with the tree of older entries (RFC 9162 section 2.1.4.2).
export async function consistent(older, olderRoot, size, root, path) {
  if (!(older > 0 && older <= size)) return false;
  if (older === size) return path.length === 0 && sameBytes(olderRoot, root);
  const hashes = isPowerOfTwo(older) ? [olderRoot, ...path] : [...path];
  if (hashes.length === 0) return false;
  let at = older - 1, last = size - 1;
  while (odd(at)) [at, last] = [half(at), half(last)];
  let first = hashes[0], second = hashes[0];
  for (const h of hashes.slice(1)) {
    if (last === 0) return false;
    if (odd(at) || at === last) {
      first = await nodeHash(h, first);
      second = await nodeHash(h, second);
      while (!odd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      second = await nodeHash(second, h);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameBytes(first, olderRoot) && sameBytes(second, root);
}

function isPowerOfTwo(n) {
  while (n > 1 && !odd(n)) n /= 2;
  return n === 1;
}

// readNote reads a signed checkpoint: name, size and root, a line each, an empty line, and signatures
// (https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note).
export function readNote(note) {
  const split = note.indexOf("\n\n");
  const [origin, size, root] = note.split("\n");
  if (split < 0 || !/^\d+$/.test(size)) throw new Error(t("The checkpoint can’t be read."));
  const signatures = [];
  for (const line of note.slice(split + 2).split("\n")) {
    const m = /^\u2014 (\S+) (\S+)$/.exec(line);
    if (m) signatures.push({ name: m[1], bytes: fromBase64(m[2]) });
  }
  return { origin, size: Number(size), root: fromBase64(root), signed: text.encode(note.slice(0, split + 1)), signatures };
}

// signedBy finds the verifier key, NAME+HASH+KEY, by which a note is signed; null for none of them.
export async function signedBy(note, keys) {
  for (const key of keys) {
    const [name, id, ...rest] = key.split("+");
    const raw = fromBase64(rest.join("+"));
    if (name !== note.origin || raw[0] !== 1) continue; // 1 is Ed25519
    const expected = (await sha256(text.encode(`${name}\n`), raw)).slice(0, 4);
    if (toHex(expected) !== id) continue;
    const verifier = await crypto.subtle.importKey("raw", raw.slice(1), { name: "Ed25519" }, false, ["verify"]);
    for (const s of note.signatures) {
      if (s.name !== name || !sameBytes(s.bytes.slice(0, 4), expected)) continue;
      if (await crypto.subtle.verify({ name: "Ed25519" }, verifier, s.bytes.slice(4), note.signed)) return key;
    }
  }
  return null;
}

export const toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (b) => parseInt(b, 16));
const fromBase64 = (b64) => Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
