// The depth map beside the picture: looked for at once, corrected and painted on in the browser, where it answers at once.

import { COLORS, DepthMap, NO_ADJUSTMENT } from "./depth-map.js";
import { $, clear, download, el, notice, say, toast } from "./dom.js";
import { decodeGray, encodeGray } from "./png.js";

const NAMES = { checkpoint: "the model's own network", tiefenrausch: "Tiefenrausch" };
const BINS = 96;

/** What a depth network is called. */
export function estimatorName(name) {
  return NAMES[name] ?? name;
}

/** Wires up the depth map. */
export function mountDepth(app) {
  const canvas = $("depth-canvas"), context = canvas.getContext("2d"), overlay = $("overlay-canvas"), stage = $("depth-stage"), notices = $("picture-notices");
  const state = app.state;
  let work = null, colors = "gray", wanted = 0, pointer = null, cursor = null, redrawing = 0;

  $("depth-colors").append(...Object.entries(COLORS).map(([name, { title }]) => el("option", { value: name, text: title })));

  // --- where it comes from

  /** Sends the picture, and a map of one's own if there is one, and takes what comes back. */
  async function ask(own) {
    work?.abort();
    const mine = work = new AbortController(), number = ++wanted;
    stage.setAttribute("aria-busy", "true");
    // As large as what is to come: nothing jumps when it does.
    if (!state.depth && state.picture) [canvas.width, canvas.height] = [state.picture.width, state.picture.height];
    $("depth-note").textContent = own ? "Fitting your map to the picture …" : "Looking for what is near and what is far …";
    clear(notices, "depth");
    try {
      const form = new FormData();
      form.append("image", await app.picture.file(), "picture.png");
      if (own) form.append("depth", own, own.name ?? "depth.png");
      form.append("bits", "16");
      if (state.model) form.append("model", state.model.name);
      if (!own && $("depth-model").value) form.append("depthModel", $("depth-model").value);
      const answer = await send(form, mine.signal);
      const { width, height, levels } = await decodeGray(await answer.arrayBuffer());
      if (number !== wanted) return false;
      state.depth = { map: new DepthMap(width, height, levels), source: own ? "supplied" : "estimated", model: answer.headers.get("X-Depth-Model") ?? "" };
      stage.setAttribute("aria-busy", "false");
      showControls();
      draw();
      app.emit("depth", { reason: "map" });
      say(own ? "Your depth map is in place." : "The depth map is there: white is near, black is far.");
      return true;
    } catch (error) {
      if (error.name === "AbortError" || number !== wanted) return false;
      fail(error, own);
      return false;
    }
  }

  /** Waits while the server is starting, or has its hands full. */
  async function send(form, signal) {
    for (;;) {
      try {
        return await app.api.send("api/v1/depth", { method: "POST", form, headers: { Accept: "image/png" }, signal });
      } catch (problem) {
        if (!problem.isPassing || problem.retryAfter === null) throw problem;
        $("depth-note").textContent = `${problem.detail} Trying again in ${Math.ceil(problem.retryAfter)} s …`;
        await new Promise((resolve) => setTimeout(resolve, 1000 * problem.retryAfter));
        if (signal.aborted) throw new DOMException("", "AbortError");
      }
    }
  }

  function fail(error, own) {
    stage.setAttribute("aria-busy", "false");
    if (error.status === 413) return app.offerSmaller(notices);
    const why = Object.values(error.errors ?? {}).flat()[0] ?? error.detail ?? error.message;
    notice(notices, {
      name: "depth", kind: "bad", text: own ? `Your depth map cannot be used. ${why}` : `There is no depth map yet. ${why}`,
      actions: [{ label: own ? "Estimate it instead" : "Try again", run: () => ask(null) }],
    });
    if (!state.depth) $("depth-source").textContent = "";
  }

  function forget() {
    work?.abort();
    wanted++;
    state.depth = null;
    canvas.width = canvas.height = overlay.width = overlay.height = 1;
    stage.setAttribute("aria-busy", "false");
    $("depth-source").textContent = "";
    app.emit("depth", { reason: "gone" });
  }

  // --- how it is shown

  function draw(part) {
    const map = state.depth?.map;
    if (!map) return;
    if (canvas.width !== map.width || canvas.height !== map.height) {
      for (const one of [canvas, overlay]) {
        one.width = map.width;
        one.height = map.height;
      }
    }
    map.draw(context, colors, part);
    if ($("depth-overlay").value > 0) {
      const over = overlay.getContext("2d");
      if (part) over.drawImage(canvas, part.x, part.y, part.width, part.height, part.x, part.y, part.width, part.height);
      else over.drawImage(canvas, 0, 0);
    }
  }

  /** At most once a frame: sliders tell more often than screens show. */
  function redraw() {
    if (redrawing) return;
    redrawing = requestAnimationFrame(() => {
      redrawing = 0;
      draw();
    });
  }

  function showControls() {
    const depth = state.depth;
    if (!depth) return;
    const { map, source, model } = depth, { invert, far, near, gamma } = map.adjustment;
    $("depth-invert").checked = invert;
    for (const [name, value] of [["far", far], ["near", near], ["gamma", gamma]]) {
      $(`depth-${name}`).value = value;
      $(`depth-${name}-value`).textContent = value.toFixed(2);
    }
    $("depth-undo").disabled = !map.canUndo;
    $("depth-redo").disabled = !map.canRedo;
    $("depth-reset").disabled = !map.isPainted && !map.isAdjusted;
    const changes = [map.isPainted ? "painted on" : "", map.isAdjusted ? "corrected" : ""].filter(Boolean).join(", ");
    $("depth-source").textContent = `${source === "supplied" ? "Supplied by you" : `Estimated by ${estimatorName(model)}`}${changes ? `, ${changes}` : ""}.`;
    $("depth-legend").textContent = COLORS[colors].legend;
    $("depth-estimate").hidden = source !== "supplied";
    canvas.setAttribute("aria-label", `Depth map. ${COLORS[colors].legend}`);
    drawHistogram();
  }

  function drawHistogram() {
    const chart = $("depth-histogram"), pen = chart.getContext("2d"), map = state.depth?.map;
    pen.clearRect(0, 0, chart.width, chart.height);
    if (!map || $("depth-tools").hidden) return;
    const counts = map.histogram(BINS), most = Math.max(...[...counts].sort((a, b) => b - a).slice(2, 3), 1), { far, near } = map.adjustment;
    const style = getComputedStyle(document.documentElement), inside = style.getPropertyValue("--accent"), outside = style.getPropertyValue("--edge");
    const width = chart.width / BINS;
    counts.forEach((count, n) => {
      const middle = (n + 0.5) / BINS, height = Math.min(1, Math.sqrt(count / most)) * (chart.height - 2);
      pen.fillStyle = middle >= far && middle <= near ? inside : outside;
      pen.fillRect(n * width, chart.height - height, width - 1, height);
    });
  }

  function changed(reason) {
    showControls();
    app.emit("depth", { reason });
  }

  // --- corrections

  function adjust(changes) {
    if (!state.depth) return;
    Object.assign(state.depth.map.adjustment, changes);
    redraw();
    changed("adjustment");
  }

  const LEAST_RANGE = 0.02;
  $("depth-far").addEventListener("input", () => adjust({ far: Math.min(Number($("depth-far").value), state.depth ? state.depth.map.adjustment.near - LEAST_RANGE : 1) }));
  $("depth-near").addEventListener("input", () => adjust({ near: Math.max(Number($("depth-near").value), state.depth ? state.depth.map.adjustment.far + LEAST_RANGE : 0) }));
  $("depth-gamma").addEventListener("input", () => adjust({ gamma: Number($("depth-gamma").value) }));
  $("depth-invert").addEventListener("change", () => adjust({ invert: $("depth-invert").checked }));
  $("depth-colors").addEventListener("change", () => {
    colors = $("depth-colors").value;
    showControls();
    draw();
  });
  $("depth-overlay").addEventListener("input", () => {
    overlay.style.opacity = $("depth-overlay").value;
    $("depth-overlay-value").textContent = `${Math.round(100 * $("depth-overlay").value)} %`;
    if (state.depth) overlay.getContext("2d").drawImage(canvas, 0, 0);
  });
  $("depth-adjust").addEventListener("click", () => showTools($("depth-tools").hidden));
  $("depth-model").addEventListener("change", () => ask(null));
  $("depth-estimate").addEventListener("click", () => ask(null));
  const choose = $("choose-depth"), label = document.querySelector("label[for=choose-depth]");
  choose.addEventListener("change", () => {
    if (choose.files[0]) ask(choose.files[0]);
    choose.value = "";
  });
  for (const type of ["focus", "blur"]) choose.addEventListener(type, () => label.classList.toggle("has-focus", type === "focus" && choose.matches(":focus-visible")));

  function showTools(on) {
    $("depth-tools").hidden = !on;
    $("depth-adjust").setAttribute("aria-expanded", String(on));
    if (!on) {
      document.querySelector("input[name=brush][value=off]").checked = true;
      setBrush("off");
    }
    showControls();
  }

  // --- the brush

  let brush = "off";
  const radius = () => Number($("brush-size").value) / 200 * Math.max(canvas.width, canvas.height);
  const amount = () => Number($("brush-strength").value) / 100 * (brush === "farther" ? -1 : 1);

  function setBrush(kind) {
    brush = kind;
    canvas.classList.toggle("brushing", kind !== "off");
    canvas.tabIndex = kind === "off" ? -1 : 0;
    // While it is drawn on, its keys are the canvas's own.
    canvas.setAttribute("role", kind === "off" ? "img" : "application");
    if (kind === "off") $("brush-cursor").setAttribute("hidden", "");
  }

  function showBrush() {
    $("brush-size-value").textContent = `${$("brush-size").value} %`;
    $("brush-strength-value").textContent = `${$("brush-strength").value} %`;
    if (cursor) showCursor();
  }

  function showCursor() {
    const svg = $("brush-cursor"), box = canvas.getBoundingClientRect(), outer = stage.getBoundingClientRect(), scale = box.width / canvas.width, size = 2 * radius() * scale;
    svg.removeAttribute("hidden");
    svg.style.width = svg.style.height = `${size}px`;
    svg.style.left = `${box.left - outer.left + cursor.x * scale - size / 2}px`;
    svg.style.top = `${box.top - outer.top + cursor.y * scale - size / 2}px`;
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width * canvas.width, y: (event.clientY - box.top) / box.height * canvas.height };
  }

  /** Dabs close together along a line, so that a quick stroke has no gaps; each a part of the strength. */
  function paintTo(to) {
    const map = state.depth.map, size = radius(), step = Math.max(1, size / 4), distance = Math.hypot(to.x - pointer.x, to.y - pointer.y), count = Math.floor(distance / step);
    for (let n = 1; n <= count; n++) {
      const part = n * step / distance;
      draw(map.dab(pointer.x + (to.x - pointer.x) * part, pointer.y + (to.y - pointer.y) * part, size, amount() / 4));
    }
    if (count > 0) pointer = { x: pointer.x + (to.x - pointer.x) * count * step / distance, y: pointer.y + (to.y - pointer.y) * count * step / distance };
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (brush === "off" || !state.depth || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointer = cursor = place(event);
    state.depth.map.beginStroke();
    draw(state.depth.map.dab(pointer.x, pointer.y, radius(), amount() / 4));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (brush === "off") return;
    cursor = place(event);
    showCursor();
    if (pointer) paintTo(cursor);
  });
  for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, endStroke);
  canvas.addEventListener("pointerleave", () => {
    if (!pointer && document.activeElement !== canvas) $("brush-cursor").setAttribute("hidden", "");
  });

  function endStroke() {
    if (!pointer) return;
    pointer = null;
    state.depth?.map.endStroke();
    changed("stroke");
  }

  canvas.addEventListener("focus", () => {
    if (brush === "off") return;
    cursor ??= { x: canvas.width / 2, y: canvas.height / 2 };
    showCursor();
  });
  canvas.addEventListener("blur", () => $("brush-cursor").setAttribute("hidden", ""));
  canvas.addEventListener("keydown", (event) => {
    if (brush === "off" || !state.depth || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (event.shiftKey ? 0.2 : 0.04) * Math.max(canvas.width, canvas.height);
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (move) {
      cursor = { x: Math.min(canvas.width - 1, Math.max(0, cursor.x + move[0])), y: Math.min(canvas.height - 1, Math.max(0, cursor.y + move[1])) };
      showCursor();
    } else if (event.key === " ") {
      state.depth.map.beginStroke();
      draw(state.depth.map.dab(cursor.x, cursor.y, radius(), amount()));
      state.depth.map.endStroke();
      changed("stroke");
    } else return;
    event.preventDefault();
  });
  for (const radio of document.querySelectorAll("input[name=brush]")) radio.addEventListener("change", () => setBrush(radio.value));
  for (const id of ["brush-size", "brush-strength"]) $(id).addEventListener("input", showBrush);

  function step(name) {
    if (!state.depth) return;
    state.depth.map[name]();
    draw();
    changed("stroke");
  }
  $("depth-undo").addEventListener("click", () => step("undo"));
  $("depth-redo").addEventListener("click", () => step("redo"));
  $("depth-reset").addEventListener("click", () => step("reset"));

  // --- out

  for (const bits of [8, 16]) {
    $(`depth-download-${bits}`).addEventListener("click", async () => {
      if (!state.depth) return toast("There is no depth map yet.");
      const { map } = state.depth;
      download(await encodeGray(map.width, map.height, map.adjusted(), bits), `depth-${bits}-bit.png`);
    });
  }

  app.on("model", (model) => {
    const chosen = $("depth-model").value, names = (state.catalog.depthModels ?? []).filter((name) => name !== "checkpoint" || model.hasDepthNetwork !== false);
    $("depth-model").replaceChildren(el("option", { value: "", text: "what suits the model" }), ...names.map((name) => el("option", { value: name, text: estimatorName(name) })));
    $("depth-model").value = names.includes(chosen) ? chosen : "";
  });

  app.addRequestPart(async (fields, files) => {
    if ($("depth-model").value) fields.depthModel = $("depth-model").value;
    if (!state.depth) return;
    const { map, source } = state.depth;
    if (map.isAdjusted) fields.depthAdjustment = { ...map.adjustment };
    // An estimate that nobody touched is made anew by the server: its settings then say by whom.
    if (source === "supplied" || map.isPainted) {
      files.depth = await encodeGray(map.width, map.height, map.levels, 16);
      delete fields.depthModel;
    }
  });

  app.addRestorer(async (request, job) => {
    const name = request.depthModel ?? "";
    if ([...$("depth-model").options].some((option) => option.value === name)) $("depth-model").value = name;
    if (job && state.picture) {
      const own = job.links?.inputs?.depth ? await app.api.blob(`api/v1/jobs/${job.id}/inputs/depth`) : null;
      await ask(own);
    }
    if (state.depth) adjust({ ...NO_ADJUSTMENT, ...(request.depthAdjustment ?? {}) });
  });

  showBrush();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawHistogram);

  app.depth = {
    estimate: () => ask(null),
    supply: (file) => ask(file),
    forget,
    undo: () => step("undo"),
    redo: () => step("redo"),
    isPainting: () => brush !== "off",
    sizeBy(factor) {
      $("brush-size").value = Math.max(1, Math.round(Number($("brush-size").value) * factor + Math.sign(factor - 1)));
      showBrush();
    },
  };
}
