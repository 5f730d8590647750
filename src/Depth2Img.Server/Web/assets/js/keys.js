// Keys, and the dialogs that explain them.

import { $, el, kept } from "./dom.js";

/** Wires up keys and help. */
export function mountKeys(app) {
  const help = $("help-dialog"), letters = $("letter-keys");
  letters.checked = kept.read("letter-keys", true);
  letters.addEventListener("change", () => kept.write("letter-keys", letters.checked));

  app.showHelp = (part) => {
    const vocabulary = app.state.model?.vocabulary;
    $("vocabulary").hidden = !vocabulary;
    $("vocabulary-words").textContent = vocabulary?.join(", ") ?? "";
    help.showModal();
    if (part === "vocabulary" && vocabulary) {
      $("vocabulary-title").focus();
      $("vocabulary-title").scrollIntoView();
    }
  };
  $("open-help").addEventListener("click", () => app.showHelp());

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const command = event.ctrlKey || event.metaKey, typing = event.target.matches?.("textarea, select, input:not([type=range], [type=checkbox], [type=radio], [type=file])");
    if (command && event.key === "Enter") {
      event.preventDefault();
      app.jobs.generate();
    } else if (event.key === "Escape" && app.jobs.isBusy && !typing) app.jobs.stop();
    else if (typing) return;
    else if (command && !event.altKey && app.depth.isPainting()) {
      const key = event.key.toLowerCase(), redo = key === "y" || (key === "z" && event.shiftKey);
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (redo) app.depth.redo();
      else app.depth.undo();
    } else if (!command && !event.altKey && letters.checked) {
      if (event.key === "?") app.showHelp();
      else if (event.key.toLowerCase() === "c" && app.state.result) app.result.nextMode();
      else if (event.key === "[" && app.depth.isPainting()) app.depth.sizeBy(0.8);
      else if (event.key === "]" && app.depth.isPainting()) app.depth.sizeBy(1.25);
    }
  });

  // A plain button: Enter in the field presses a form's first button that sends it.
  $("key-cancel").addEventListener("click", () => $("key-dialog").close("cancel"));

  // A key is asked for when the server refuses to go without one, and not before.
  app.api.askForKey = (wasWrong) => {
    const dialog = $("key-dialog"), input = $("key"), error = $("key-error");
    error.hidden = !wasWrong;
    error.textContent = wasWrong ? "The server does not know this key." : "";
    input.value = "";
    input.setAttribute("aria-describedby", wasWrong ? "key-error" : "");
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok" ? input.value.trim() : null), { once: true });
    });
  };
}
