// Puts the page together.

import { Api } from "./api.js";
import { App } from "./app.js";
import { mountDepth } from "./depth-section.js";
import { $, notice } from "./dom.js";
import { mountHistory } from "./history-section.js";
import { mountJobs } from "./jobs.js";
import { mountKeys } from "./keys.js";
import { mountPicture } from "./picture-section.js";
import { mountResult } from "./result-section.js";
import { mountServerState } from "./server-state.js";
import { mountSettings } from "./settings.js";
import { mountTransfer } from "./transfer.js";
import { mountWords } from "./words.js";

/** The panels of "Go further", fetched when they are first opened. */
const PANELS = {
  mask: () => import("./panels/mask.js").then((panel) => panel.mountMask),
  layers: () => import("./panels/layers.js").then((panel) => panel.mountLayers),
  sweep: () => import("./panels/sweep.js").then((panel) => panel.mountSweep),
  view3d: () => import("./panels/view3d.js").then((panel) => panel.mountView3d),
};

const app = new App(new Api());

// The order of requests' parts and of restoring: settings before depth, whose correction needs the picture.
mountKeys(app);
mountSettings(app);
mountWords(app);
mountPicture(app);
mountDepth(app);
mountJobs(app);
mountResult(app);
mountHistory(app);
mountTransfer(app);
mountPanels();
mountServerState(app);
start();

function mountPanels() {
  const opened = new Map();
  app.openPanel = (name) => {
    $(`panel-${name}`).open = true;
    return mount(name);
  };
  for (const name of Object.keys(PANELS)) $(`panel-${name}`).addEventListener("toggle", () => mount(name));
  // A panel that is needed to bring something back is opened first; its own restorer then follows.
  app.addRestorer(async (request, job) => {
    if (request.inpaint) await app.openPanel("mask");
    if (request.layers) await app.openPanel("layers");
    if (job?.kind === "compare") await app.openPanel("sweep");
  });
  app.on("finished", async (job) => {
    if (job.kind === "compare" && job.state === "done") (await app.openPanel("sweep"))?.show(job);
  });

  function mount(name) {
    const details = $(`panel-${name}`);
    if (!details.open) return opened.get(name);
    if (!opened.has(name)) {
      const body = details.querySelector(".panel-body");
      opened.set(name, PANELS[name]().then((mountPanel) => mountPanel(body, app)).catch((error) => {
        opened.delete(name);
        console.error(error);
        body.textContent = "This part of the page could not be fetched. Close and open it to try again.";
      }));
    }
    return opened.get(name);
  }
}

async function start() {
  await loadCatalog();
  app.on("back", async () => {
    if (!app.state.catalog) await loadCatalog();
    app.history.refresh();
  });
  // Seconds a step are measured as jobs are done.
  app.on("finished", async () => {
    const fresh = await app.api.json("api/v1/models").catch(() => null);
    for (const model of fresh?.models ?? []) Object.assign(app.state.catalog?.models.find((known) => known.name === model.name) ?? {}, model);
    if (fresh) app.emit("measured");
  });
  app.history.refresh();
  const job = /^#job=([0-9a-f]{32})$/.exec(location.hash)?.[1];
  if (!(await app.jobs.resume()) && job) await showJob(job);
  document.documentElement.dataset.ready = "true";
}

async function loadCatalog() {
  try {
    app.state.catalog = await app.api.json("api/v1/models");
    app.emit("catalog");
  } catch (error) {
    if (error.status === 401) notice($("picture-notices"), { name: "key", kind: "bad", text: "Without a key this server makes no pictures.", actions: [{ label: "Enter a key", run: () => location.reload() }] });
    return;
  }
  try {
    app.state.styles = (await app.api.json("api/v1/styles")).styles;
    app.emit("styles");
  } catch {
    // A server without styles.
  }
}

/** The job that the address names. */
async function showJob(id) {
  try {
    const job = await app.api.json(`api/v1/jobs/${id}`);
    if (job.state === "done") await app.history.restore(job);
  } catch (error) {
    if (error.status === 404) history.replaceState(null, "", " ");
    else app.showErrors(error);
  }
}
