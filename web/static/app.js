// Comfort for people with JavaScript. Every page works without it.
import { suggestBreaks } from "./breaks.js";
import { copyIDs } from "./copy.js";
import { countCharacters } from "./counter.js";
import { readDisplay } from "./display.js";
import { chooseEvidence } from "./evidence.js";
import { improveForms } from "./forms.js";
import { insertTemplates } from "./insert.js";
import { listenToKeys } from "./keys.js";
import { keepLease } from "./lease.js";
import { listenLive } from "./live.js";
import { closeMenus } from "./menus.js";
import { openPalette } from "./palette.js";
import { helpToPrefer } from "./prefer.js";
import { checkProof } from "./proof.js";
import { helpWithRemedies } from "./remedy.js";
import { localTimes } from "./times.js";
import { graceBeforeSending } from "./undo.js";
import { keepText } from "./unsaved.js";

for (const start of [
  readDisplay, closeMenus, copyIDs, localTimes, keepText, countCharacters,
  chooseEvidence, helpWithRemedies, graceBeforeSending, improveForms, checkProof, keepLease, openPalette,
  insertTemplates, helpToPrefer, suggestBreaks, listenLive, listenToKeys,
]) {
  try {
    start();
  } catch (err) {
    console.error(err); // one comfort that fails must not take the others along
  }
}
