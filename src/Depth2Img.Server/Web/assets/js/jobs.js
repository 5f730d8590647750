// Jobs: sent once even over a bad connection, followed to their end through reloads and restarts, shown with their place and progress.

import { FieldError } from "./app.js";
import { Problem } from "./api.js";
import { $, clear, duration, el, kept, notice, randomName, say } from "./dom.js";

const TITLE = document.title;
const POSITIONS_EVERY = 4000;
const MOST_WAIT = 300;

/** Wires up Generate, Stop, progress and the queue. */
export function mountJobs(app) {
  const state = app.state, notices = $("run-notices");
  /** What was sent and has not ended, in its order. */
  const jobs = [];
  const rows = new Map();
  let following = null, lastSaid = -1, polling = 0;

  // --- sending

  /**
   * Sends a job and follows it.
   * @param {{path?: string, fields: object, files: Record<string, Blob>, kind?: string, label?: string}} what
   * @returns {Promise<object|null>} the finished job as the server shows it; null if it came to nothing
   */
  async function submit({ path = "api/v1/jobs", fields, files, kind = "generate", label = fields.prompt }) {
    const job = { id: null, kind, label, state: "sending", position: null, progress: null, count: fields.count ?? 1, note: "Sending …", stopped: new AbortController() };
    const ended = new Promise((resolve) => { job.end = resolve; });
    jobs.push(job);
    show();
    const form = new FormData();
    form.append("request", JSON.stringify(fields));
    for (const [name, file] of Object.entries(files)) form.append(name, file, `${name}.png`);
    const name = randomName();
    for (let wait = 1; ;) {
      try {
        const view = await app.api.json(path, { method: "POST", form, headers: { "Idempotency-Key": name }, signal: job.stopped.signal });
        Object.assign(job, { id: view.id, state: "queued", position: view.position ?? null, note: null });
        keep();
        // The address named the job before this one.
        if (location.hash) history.replaceState(null, "", location.pathname + location.search);
        show();
        followNext();
        return ended;
      } catch (error) {
        if (job.stopped.signal.aborted) return drop(job, null);
        if (!(error instanceof Problem) || !error.isPassing) {
          drop(job, null);
          showErrors(error);
          return null;
        }
        // The same name makes it the same job, whether or not the server had it before the connection broke.
        const seconds = Math.min(MOST_WAIT, Math.max(1, Math.ceil(error.retryAfter ?? wait)));
        wait = Math.min(30, wait * 2);
        await countDown(job, error, seconds);
        if (job.stopped.signal.aborted) return drop(job, null);
      }
    }
  }

  async function countDown(job, problem, seconds) {
    for (let left = seconds; left > 0 && !job.stopped.signal.aborted; left--) {
      job.note = `${problem.status === 0 ? "No connection" : problem.detail.replace(/\.$/, "")}. Trying again in ${left} s …`;
      show();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    job.note = "Sending …";
    show();
  }

  function drop(job, view) {
    const at = jobs.indexOf(job);
    if (at >= 0) jobs.splice(at, 1);
    keep();
    show();
    job.end?.(view);
    return view;
  }

  function keep() {
    kept.write("jobs", jobs.filter((job) => job.id).map(({ id, label, kind, count }) => ({ id, label, kind, count })));
  }

  // --- following

  /** One at a time, the eldest: browsers hold few connections to a host, and it is the one that runs first. */
  async function followNext() {
    if (following) return;
    const job = jobs.find((one) => one.id);
    if (!job) return;
    following = job;
    let refused = null;
    try {
      await app.api.follow(job.id, (type, data) => happened(job, type, data), {
        signal: job.stopped.signal,
        onLost: () => {
          job.note = "The connection was lost. The job goes on; looking for the server …";
          show();
        },
        onBack: () => {
          job.note = null;
          show();
        },
      });
    } catch (error) {
      refused = error;
    }
    await finish(job, refused);
    following = null;
    followNext();
  }

  function happened(job, type, data) {
    job.note = null;
    if (type === "queued") Object.assign(job, { state: "queued", position: data.position ?? null });
    else if (type === "started") begin(job);
    else if (type === "step") {
      if (job.state !== "running") begin(job);
      job.progress = data;
    } else if (type === "preview" && job.kind === "generate") app.emit("preview", { job: job.id, url: data.image, picture: data.picture });
    show();
  }

  function begin(job) {
    Object.assign(job, { state: "running", position: null });
    lastSaid = -1;
    say("Your picture is being made.");
    app.emit("started", job);
  }

  async function finish(job, refused) {
    let view = null;
    for (let wait = 500; !refused && !view; wait = Math.min(8000, wait * 2)) {
      try {
        view = await app.api.json(`api/v1/jobs/${job.id}`);
      } catch (error) {
        if (!error.isPassing) refused = error;
        else await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    const isLast = jobs.length === 1;
    drop(job, view?.state === "done" ? view : null);
    if (refused) {
      notice(notices, { name: "job", kind: "bad", text: refused.status === 404 ? "The server no longer knows this job: it was removed, or belongs to another key." : refused.message });
      app.emit("stopped", job);
      return;
    }
    if (view.state === "done") say(`Done${view.result?.seconds ? ` in ${duration(view.result.seconds)}` : ""}.`);
    else {
      if (view.state === "failed") notice(notices, { name: "job", kind: "bad", text: `No picture was made. ${view.error ?? ""}`, small: view.id });
      else say("Stopped.");
      app.emit("stopped", job);
    }
    if (isLast && document.hidden && view.state === "done") {
      document.title = `Done – ${TITLE}`;
      document.addEventListener("visibilitychange", () => { document.title = TITLE; }, { once: true });
    }
    app.emit("finished", view);
  }

  /** The others' places: only one is listened to. */
  function poll() {
    if (polling || !jobs.some((job) => job.id && job !== following)) return;
    polling = setTimeout(async () => {
      for (const job of jobs.filter((one) => one.id && one !== following)) {
        try {
          const view = await app.api.json(`api/v1/jobs/${job.id}`);
          job.position = view.position ?? null;
          if (view.state !== "queued" && view.state !== "running") drop(job, view.state === "done" ? view : null);
        } catch {
          // It is asked again.
        }
      }
      polling = 0;
      show();
    }, POSITIONS_EVERY);
  }

  // --- stopping

  async function stop(job, after = false) {
    if (!job) return;
    if (!job.id) {
      job.stopped.abort();
      return;
    }
    job.note = after ? "Stopping after this picture …" : "Stopping …";
    show();
    try {
      await app.api.send(`api/v1/jobs/${job.id}${after ? "?after=picture" : ""}`, { method: "DELETE" });
      if (job !== following && !after) drop(job, null);
    } catch (error) {
      job.note = null;
      notice(notices, { name: "stop", kind: "bad", text: `It could not be stopped. ${error.detail ?? ""}`, actions: [{ label: "Try again", run: () => stop(job, after) }] });
    }
  }

  // --- what is seen

  function describe(job) {
    if (job.note) return job.note;
    if (job.state === "queued") return job.position > 1 ? `${job.position - 1} before you` : "You are next";
    const progress = job.progress;
    if (!progress) return "Starting …";
    const left = progress.secondsLeft ? `, ${duration(progress.secondsLeft)} left` : "";
    switch (progress.stage) {
      case "loading": return "The model is being loaded …";
      case "encoding": return "Looking at the picture …";
      case "depth": return "Looking for what is near and what is far …";
      case "decoding": return "Bringing out the picture …";
      default: return progress.steps > 0 ? `Step ${progress.step} of ${progress.steps}${left}` : "At work …";
    }
  }

  function show() {
    const front = jobs[0] ?? null, running = front !== null && (front.state === "running" || front.note !== null || front.state === "queued");
    $("stop-row").hidden = front === null;
    $("stop-after").hidden = !(front?.state === "running" && front.count > 1);
    $("stop").textContent = front?.state === "running" ? "Stop now" : "Cancel";
    $("generate").textContent = front === null ? "Generate" : "Queue another";
    $("progress").hidden = !running;
    if (front) {
      const { progress } = front, share = front.state === "running" && progress?.steps > 0 ? Math.round(100 * progress.step / progress.steps) : null, bar = $("progress-bar"), text = describe(front);
      bar.classList.toggle("waiting", share === null);
      if (share === null) bar.removeAttribute("aria-valuenow");
      else bar.setAttribute("aria-valuenow", String(share));
      bar.setAttribute("aria-valuetext", text);
      $("progress-fill").style.width = share === null ? "" : `${share}%`;
      $("progress-text").textContent = text;
      document.title = share === null ? `${front.state === "queued" && front.position > 1 ? `${front.position - 1} before you` : "…"} – ${TITLE}` : `${share} %${progress.secondsLeft ? `, ${duration(progress.secondsLeft)}` : ""} – ${TITLE}`;
      // Listeners are told every fourth part, not every step.
      const quarter = share === null ? -1 : Math.floor(share / 25);
      if (quarter > lastSaid && quarter > 0 && quarter < 4) say(text);
      lastSaid = Math.max(lastSaid, quarter);
    } else if (document.title !== TITLE && !document.title.startsWith("Done")) document.title = TITLE;
    showQueue();
    app.emit("jobs", jobs);
    poll();
  }

  /** Rows stay what they are while only their words change: a button that has the focus must keep it. */
  function showQueue() {
    const waiting = jobs.slice(1);
    $("queue").hidden = waiting.length === 0;
    for (const [job, { row }] of [...rows]) {
      if (waiting.includes(job)) continue;
      row.remove();
      rows.delete(job);
    }
    for (const job of waiting) {
      if (!rows.has(job)) {
        const place = el("span", { class: "muted" }), label = job.label || "A picture";
        const row = el("li", {}, el("span", { class: "what", text: label }), place, el("button", { type: "button", class: "quiet", text: "Cancel", "aria-label": `Cancel “${label}”`, click: () => stop(job) }));
        rows.set(job, { row, place });
        $("queue").append(row);
      }
      rows.get(job).place.textContent = describe(job);
    }
  }

  // --- Generate

  async function generate() {
    clear(notices);
    clearErrors();
    try {
      if (!state.picture) throw new FieldError("image", "Choose a photo first.");
      const { fields, files } = await app.buildRequest();
      if (!fields.prompt && !fields.style && !fields.layers && fields.strength !== 0) throw new FieldError("prompt", "Say in a few words what it should become, or press one of the ideas.");
      app.emit("sending", fields);
      return await submit({ fields, files });
    } catch (error) {
      showErrors(error);
      return null;
    }
  }

  $("generate").addEventListener("click", generate);
  $("stop").addEventListener("click", () => stop(jobs[0]));
  $("stop-after").addEventListener("click", () => stop(jobs[0], true));

  // --- what is wrong

  function clearErrors() {
    for (const line of document.querySelectorAll(".field-error[data-of]")) line.remove();
    for (const control of document.querySelectorAll("[aria-invalid]")) {
      control.removeAttribute("aria-invalid");
      const described = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.startsWith("error-")).join(" ");
      if (described) control.setAttribute("aria-describedby", described);
      else control.removeAttribute("aria-describedby");
    }
  }

  /** The place of a field: "depthAdjustment.far" is said at depthAdjustment's if it has none of its own. */
  function placeOf(field) {
    for (let name = field; name; name = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "") {
      const place = [...document.querySelectorAll("[data-field]")].find((one) => one.dataset.field.split(" ").includes(name));
      if (place) return place;
    }
    return null;
  }

  /** Shows a refusal: what belongs to a field beside it, all else by the button. */
  function showErrors(error) {
    if (error.name === "AbortError") return;
    if (error.status === 413) return app.offerSmaller(notices);
    const errors = error instanceof FieldError ? { [error.field]: [error.message] } : error.errors ?? {};
    let first = null;
    const elsewhere = [];
    for (const [field, messages] of Object.entries(errors)) {
      if (field === "image" && state.picture) {
        app.picture.refuse(messages.join(" "));
        first ??= $("picture-notices");
        continue;
      }
      const place = placeOf(field);
      if (!place) {
        elsewhere.push(...messages);
        continue;
      }
      for (let box = place.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      if (place.hidden && place.id === "depth-tools") $("depth-adjust").click();
      const id = `error-${field.replace(/\W/g, "-")}`;
      place.append(el("p", { class: "field-error", id, "data-of": field, text: messages.join(" ") }));
      const control = place.matches("select, input, textarea") ? place : place.querySelector("textarea, input:not([type=file]), select, button");
      if (control) {
        control.setAttribute("aria-invalid", "true");
        control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
      }
      first ??= control ?? place;
    }
    const known = Object.keys(errors).length > 0;
    if (!known || elsewhere.length > 0) {
      if (!(error instanceof Problem) && !(error instanceof FieldError)) console.error(error);
      notice(notices, { name: "refused", kind: "bad", text: known ? elsewhere.join(" ") : error.detail ?? error.message, small: error.traceId ? `Request ${error.traceId}` : undefined });
    } else say(Object.values(errors).flat().join(" "), true);
    if (first) {
      first.focus?.({ preventScroll: true });
      first.scrollIntoView({ block: "center" });
    }
  }

  // What is being mended is no longer wrong.
  app.on("settings", (names) => {
    for (const line of document.querySelectorAll(".field-error[data-of]")) {
      if (!names.includes(line.dataset.of)) continue;
      document.querySelector(`[aria-describedby~="${line.id}"]`)?.removeAttribute("aria-invalid");
      line.remove();
    }
  });

  app.offerSmaller = (place) => {
    const { width, height } = state.picture, scale = 0.7;
    notice(place, {
      name: "large", kind: "bad",
      text: `Your picture of ${width} × ${height} is more than the server, or something before it, takes at once.`,
      actions: [{
        label: `Scale it down to ${Math.round(width * scale)} × ${Math.round(height * scale)}`,
        run: () => {
          clear(place, "large");
          app.picture.shrink(scale);
        },
      }],
    });
  };

  app.showErrors = showErrors;
  app.clearErrors = clearErrors;
  app.jobs = {
    submit,
    generate,
    stop: () => stop(jobs[0]),
    get isBusy() { return jobs.length > 0; },
    /** What was under way when the page was left. */
    async resume() {
      for (const { id, label, kind = "generate", count = 1 } of kept.read("jobs", [])) {
        if (typeof id !== "string" || jobs.some((job) => job.id === id)) continue;
        jobs.push({ id, label, kind, count, state: "queued", position: null, progress: null, note: null, stopped: new AbortController() });
      }
      if (jobs.length === 0) return false;
      show();
      followNext();
      // What it is made of comes back too: without a picture the page would be the first screen.
      try {
        if (!state.picture) await app.history.restore(await app.api.json(`api/v1/jobs/${jobs[0].id}`), { show: false });
      } catch {
        // Whoever follows it says what became of it.
      }
      return true;
    },
  };
}
