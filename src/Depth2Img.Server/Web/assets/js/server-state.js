// How the server is: ready, busy, loading, out of reach.

import { $ } from "./dom.js";

const EVERY = 10_000, SOON = 2000;

/** Wires up the server's state. */
export function mountServerState(app) {
  let timer = 0, last = "";

  async function look() {
    clearTimeout(timer);
    let next = EVERY;
    try {
      const { waiting } = await app.api.json("health/ready");
      if (waiting > 0) show("busy", waiting === 1 ? "Busy, 1 waits" : `Busy, ${waiting} wait`);
      else if (app.jobs?.isBusy) show("busy", "At work for you");
      else show("ready", "Ready");
    } catch (problem) {
      next = SOON;
      if (problem.status === 503) show(problem.retryAfter !== null && problem.retryAfter <= 5 ? "loading" : "broken", problem.detail);
      else show("offline", navigator.onLine === false ? "You are offline" : "Out of reach, trying again");
    }
    timer = setTimeout(look, document.hidden ? EVERY : next);
  }

  function show(state, text) {
    const chip = $("server-state");
    chip.dataset.state = state;
    $("server-state-text").textContent = text;
    chip.title = text;
    const was = last;
    last = state;
    if (was !== state && (state === "ready" || state === "busy") && was !== "ready" && was !== "busy") app.emit("back");
  }

  let wasBusy = false;
  app.on("jobs", (jobs) => {
    const busy = jobs.length > 0;
    if (busy !== wasBusy && last !== "") look();
    wasBusy = busy;
  });
  for (const event of ["online", "offline"]) addEventListener(event, look);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  look();
}
