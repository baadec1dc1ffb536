// Checks in the reader's own browser that the log includes an entry: hash, path, signature, and whether the log still
// continues what this browser saw before. It trusts the page for data only; what it remembers is its own.
import { consistent, fromHex, included, leafHash, readNote, signedBy, toHex } from "./merkle.js";
import { language, t } from "./words.js";

export function checkProof() {
  const list = document.querySelector("[data-proof]");
  if (!list) return;
  const verdict = document.querySelector("[data-proof-verdict]");
  const done = (text, tone) => { verdict.textContent = text; verdict.dataset.tone = tone; };
  check(list).then(
    (whole) => (whole
      ? done(t("Checked by your browser: the log includes this entry."), "kept")
      : done(t("The log includes this entry under this checkpoint; one step couldn’t be checked by this browser."), "waiting")),
    (err) => { step(list, false, err.message); done(t("The proof does NOT hold. Keep this page and tell somebody outside."), "danger"); },
  );
}

// check goes through the steps; it throws at the first that fails, and answers false when one couldn't be checked.
async function check(list) {
  if (!globalThis.crypto?.subtle) {
    step(list, null, t("This browser only checks proofs on pages that come over TLS (https) or from this machine itself."));
    return false;
  }
  const d = list.dataset;
  const size = Number(d.size), index = Number(d.index);
  const leaf = await leafHash(d.body);
  step(list, true, t("The text of the entry has a leaf hash that begins with {}.", short(leaf)));

  const path = d.path ? d.path.split(" ").map(fromHex) : [];
  const note = readNote(d.note);
  if (note.size !== size || !(await included(leaf, index, size, path, note.root))) {
    throw new Error(t("The hashes do not lead from this entry to the root of the checkpoint of {} entries.", size));
  }
  step(list, true, t("With {} more hashes it gives the root that the checkpoint of {} entries says, beginning with {}.", path.length, count(size), short(note.root)));

  const key = await signature(list, note, d.keys.split(" "));
  return (await remember(list, note, d)) && key;
}

// signature checks who signed the checkpoint.
async function signature(list, note, keys) {
  let signer;
  try {
    signer = await signedBy(note, keys);
  } catch (err) {
    if (err.name !== "NotSupportedError") throw err;
    step(list, null, t("This browser can’t check Ed25519 signatures; a newer one can, and so does evenhand verify."));
    return false;
  }
  if (!signer) throw new Error(t("The checkpoint isn’t signed by the key of this log."));
  step(list, true, t("The checkpoint is signed by the key of {}.", note.origin));
  return true;
}

// remember holds the checkpoint against the last one that this browser saw, and keeps the newer of the two.
async function remember(list, note, d) {
  const place = `evenhand.log.${note.origin}`;
  let seen = null;
  try {
    seen = JSON.parse(localStorage.getItem(place));
  } catch { /* not kept, or not ours: as if it were the first */ }
  if (seen && !seen.keys.some((k) => d.keys.split(" ").includes(k))) {
    throw new Error(t("The log’s key has changed since {}, and none of the old ones is left. Ask for the new one by another way.", day(seen.at)));
  }
  if (!seen) {
    keep(place, note, d);
    step(list, true, t("This browser sees this log for the first time, and will remember the checkpoint. Compare the key with the one you were given by another way."));
    return true;
  }
  const here = { size: note.size, root: toHex(note.root), at: seen.at };
  const now = await newest(seen, d);
  if (!now || !(await newest(here, d))) { // the checkpoint of this page has to be of the same log
    step(list, null, t("Whether the log continues what this browser saw before couldn’t be asked just now."));
    return false;
  }
  keep(place, now, d);
  step(list, true, t("It continues the log of {} entries that this browser saw on {}.", count(seen.size), day(seen.at)));
  return true;
}

// newest asks for the newest checkpoint with the proof that it continues an older one, and checks both; null when there
// is no answer.
async function newest(old, d) {
  const fewer = () => new Error(t("On {} this log had {} entries; now it has fewer.", day(old.at), count(old.size)));
  const answer = await fetch(`${d.consistency}?old=${old.size}`, { headers: { Accept: "application/json" } });
  if (answer.status === 422) throw fewer();
  if (!answer.ok) return null;
  const proof = await answer.json();
  const now = readNote(proof.note);
  if (!(await signedBy(now, d.keys.split(" ")))) throw new Error(t("The newest checkpoint isn’t signed by the key of this log."));
  if (now.size < old.size) throw fewer();
  if (!(await consistent(old.size, fromHex(old.root), now.size, now.root, proof.path.map(fromHex)))) {
    throw new Error(t("History was rewritten: the {} entries that this browser saw on {} are not the beginning of the log any more.", count(old.size), day(old.at)));
  }
  return now;
}

function keep(place, note, d) {
  try {
    localStorage.setItem(place, JSON.stringify({ size: note.size, root: toHex(note.root), keys: d.keys.split(" "), at: new Date().toISOString() }));
  } catch { /* a browser that keeps nothing still checks the rest */ }
}

function step(list, good, text) {
  const item = document.createElement("li");
  item.dataset.tone = good === null ? "waiting" : good ? "kept" : "danger";
  item.textContent = text;
  list.append(item);
}

const short = (bytes) => `${toHex(bytes).slice(0, 8)}`;
const count = (n) => n.toLocaleString(language);
const day = (at) => new Date(at).toLocaleString(language === "en" ? "en-GB" : language, { dateStyle: "medium", timeStyle: "short" });
