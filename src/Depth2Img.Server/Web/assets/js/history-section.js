// What was made before: kept by the server, so that it survives reloads and restarts.

import { $, ask, el, say, toast } from "./dom.js";

const SHOWN = 50;

/** Wires up the history. */
export function mountHistory(app) {
  const strip = $("history-strip");
  let current = null, number = 0;

  async function refresh() {
    const mine = ++number;
    try {
      const { jobs } = await app.api.json(`api/v1/history?limit=${SHOWN}`);
      if (mine === number) await show(jobs.filter((job) => job.result?.images?.length > 0));
    } catch {
      // What is shown stays; the server's state is told elsewhere.
    }
  }

  async function show(jobs) {
    const mine = number;
    const items = await Promise.all(jobs.map(item));
    if (mine !== number) return;
    $("history").hidden = items.length === 0;
    strip.replaceChildren(...items);
    mark();
  }

  async function item(job) {
    const first = job.result.images[0], words = job.request?.prompt || (job.kind === "compare" ? "A comparison" : "Without words");
    const src = await app.api.image(first.thumbnail ?? first.url).catch(() => "");
    const when = new Date(job.finished ?? job.created);
    return el("li", { "data-job": job.id },
      el("button", { type: "button", class: "open", click: () => open(job), title: `${words}, ${when.toLocaleString()}` },
        el("img", { src, alt: "", loading: "lazy", decoding: "async", width: "128", height: "128" }), el("span", { class: "words", text: words }),
        job.result.images.length > 1 ? el("span", { class: "muted", text: `${job.result.images.length} pictures` }) : null),
      el("button", { type: "button", class: "remove", "aria-label": `Delete “${words}”`, click: () => remove(job) }, el("span", { "aria-hidden": "true", text: "×" })));
  }

  function mark() {
    for (const entry of strip.children) {
      if (entry.dataset.job === current) entry.setAttribute("aria-current", "true");
      else entry.removeAttribute("aria-current");
    }
  }

  async function open(job) {
    try {
      await restore(job);
      toast("Picture, depth and settings are as they were.");
    } catch (error) {
      app.showErrors(error);
    }
  }

  /** Brings a job back: its picture, depth and settings, and what came of it. */
  async function restore(job, { show: showsResult = true } = {}) {
    current = job.id;
    mark();
    if (showsResult && (job.kind ?? "generate") === "generate" && job.result) await app.result.show(job);
    const blob = await app.api.blob(`api/v1/jobs/${job.id}/inputs/image`);
    await app.picture.take(new File([blob], "picture.png", { type: blob.type }), { estimate: false });
    await app.restore(job.request, job);
    history.replaceState(null, "", `#job=${job.id}`);
    if (showsResult && !$("result").hidden) $("result-title").focus({ preventScroll: true });
  }

  async function remove(job) {
    if (await ask("Delete this picture?", "Its files are deleted from the server.", [{ label: "Keep it", value: "", kind: "quiet" }, { label: "Delete", value: "delete", kind: "danger" }]) !== "delete") return;
    try {
      await app.api.send(`api/v1/history/${job.id}`, { method: "DELETE" });
      app.emit("job-deleted", job.id);
      say("Deleted.");
      await refresh();
      ($("history").hidden ? $("generate") : strip.querySelector("button") ?? $("generate")).focus();
    } catch (error) {
      app.showErrors(error);
    }
  }

  $("clear-history").addEventListener("click", async () => {
    const count = strip.childElementCount;
    if (await ask("Delete everything you made?", `${count === SHOWN ? "All pictures" : count === 1 ? "One job" : `${count} jobs`} and their files are deleted from the server. This cannot be undone.`, [{ label: "Keep them", value: "", kind: "quiet" }, { label: "Delete all", value: "delete", kind: "danger" }]) !== "delete") return;
    try {
      await app.api.send("api/v1/history", { method: "DELETE" });
      app.emit("job-deleted", null);
      toast("All of it is deleted.");
      await refresh();
      $("picture-title").focus();
    } catch (error) {
      app.showErrors(error);
    }
  });

  app.on("finished", (job) => {
    if (job.state === "done") {
      // What is on the page may have been changed since it was sent: then it is not what this was made of.
      current = changedSince ? null : job.id;
      history.replaceState(null, "", `#job=${job.id}`);
      refresh();
    }
  });
  let changedSince = false;
  app.on("sending", () => { changedSince = false; });
  for (const event of ["picture", "depth"]) app.on(event, () => { changedSince = true; });
  app.on("settings", () => {
    changedSince = true;
    current = null;
    mark();
  });
  for (const event of ["picture", "depth"]) app.on(event, () => { current = null; });

  app.history = { refresh, restore, remove, get current() { return current; } };
}
