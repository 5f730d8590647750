// What comes onto the page by dropping and pasting: pictures, depth maps, pictures with settings in them, and settings.

import { Problem } from "./api.js";
import { $, ask, toast } from "./dom.js";
import { hasSettings } from "./png.js";

/** Wires up dropping and pasting. */
export function mountTransfer(app) {
  const veil = $("drop-veil");
  let depth = 0;

  const isFile = (event) => [...event.dataTransfer?.types ?? []].includes("Files");
  addEventListener("dragenter", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    depth++;
    veil.hidden = false;
  });
  addEventListener("dragover", (event) => {
    if (isFile(event)) event.preventDefault();
  });
  addEventListener("dragleave", (event) => {
    if (isFile(event) && --depth <= 0) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    depth = 0;
    veil.hidden = true;
    if (!isFile(event)) return;
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (!file) return;
    if (app.state.picture && event.target.closest?.("#depth-stage")) app.depth.supply(file);
    else takeFile(file);
  });

  addEventListener("paste", (event) => {
    const file = [...event.clipboardData?.files ?? []].find((one) => one.type.startsWith("image/"));
    if (file) {
      event.preventDefault();
      takeFile(file);
      return;
    }
    if (event.target.closest?.("input, textarea")) return;
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    if (!text.startsWith("{")) return;
    try {
      app.restore(JSON.parse(text), null);
      toast("The pasted settings are in place.");
    } catch {
      toast("What was pasted are no settings.");
    }
  });

  /** Takes a picture; one that was made here may be meant for its settings. */
  async function takeFile(file) {
    if (file.type === "image/png" && hasSettings(await file.arrayBuffer())) {
      const wish = await ask("Settings are in this picture", "It was made by a program like this one, and what it was made with is written in it.", [
        { label: "Use it as the picture", value: "picture", kind: "" }, { label: "Take its settings", value: "settings", kind: "primary" },
      ]);
      if (wish === null) return;
      if (wish === "settings") return takeSettings(file);
    }
    await app.picture.take(file);
  }

  async function takeSettings(file) {
    const form = new FormData();
    form.append("image", file, "picture.png");
    try {
      const { settings } = await app.api.json("api/v1/settings", { method: "POST", form });
      await app.restore(settings, null);
      toast(app.state.picture ? "The settings are as they were for that picture." : "The settings are in place. Now choose a photo.");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      app.picture.refuse(`Its settings cannot be read. ${Object.values(error.errors).flat()[0] ?? error.detail}`);
    }
  }

  app.transfer = { takeFile };
}
