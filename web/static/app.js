// Comfort for people with JavaScript. Every page works without it.
import { copyIDs } from "./copy.js";
import { countCharacters } from "./counter.js";
import { readDisplay } from "./display.js";
import { chooseEvidence } from "./evidence.js";
import { improveForms } from "./forms.js";
import { listenToKeys } from "./keys.js";
import { keepLease } from "./lease.js";
import { closeMenus } from "./menus.js";
import { checkProof } from "./proof.js";
import { helpWithRemedies } from "./remedy.js";
import { localTimes } from "./times.js";
import { keepText } from "./unsaved.js";

for (const start of [
  readDisplay, closeMenus, copyIDs, localTimes, keepText, countCharacters,
  chooseEvidence, helpWithRemedies, improveForms, checkProof, keepLease, listenToKeys,
]) {
  try {
    start();
  } catch (err) {
    console.error(err); // one comfort that fails must not take the others along
  }
}
