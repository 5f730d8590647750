// The settings: what the model would have them be until somebody says otherwise, what they will cost, and what they send.

import { $, duration, el } from "./dom.js";

/** Longer sides to choose from. */
const SIDES = [128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024];

/** Of a step's time, what the savings of "fast" leave. */
const FAST_PART = 0.55;

const STRENGTHS = [
  [0, "0: nothing is made anew; the picture only passes through."],
  [0.35, "A touch: the picture stays, with other details."],
  [0.6, "Colours and light stay; surfaces become something else."],
  [0.8, "A new look that still remembers the colours."],
  [0.99, "Almost everything is new; little but the shapes is left."],
  [1, "1: only the shapes stay."],
];

/** Wires up the settings. */
export function mountSettings(app) {
  const state = app.state;
  let presets = {};

  /** The controls by the names of their settings. */
  const controls = {
    negativePrompt: $("negative-prompt"), strength: $("strength"), guidance: $("guidance"), steps: $("steps"), scheduler: $("scheduler"), karras: $("karras"), fast: $("fast"),
    initNoise: $("init-noise"), guidanceRescale: $("guidance-rescale"), format: $("format"), promptSyntax: $("prompt-syntax"), longPrompt: $("long-prompt"), metadata: $("metadata"),
    style: $("style"), styleStrength: $("style-strength"), count: $("count"), size: $("size"), seedRandom: $("seed-random"), seed: $("seed"), prompt: $("prompt"), model: $("model"),
  };
  const twins = { strength: $("strength-number"), guidance: $("guidance-number") };

  function defaults() {
    const model = state.model?.defaults ?? {};
    return {
      strength: model.strength ?? 0.8, steps: model.steps ?? 50, guidance: model.guidance ?? 7.5, scheduler: model.scheduler ?? "", karras: false, fast: false, initNoise: false,
      guidanceRescale: 0, format: "png", promptSyntax: "plain", longPrompt: "cut", metadata: true, style: "", styleStrength: 1, count: 1, size: "", seedRandom: true, seed: "",
    };
  }

  function read(control) {
    if (control.type === "checkbox") return control.checked;
    if (control.type === "range") return Number(control.value);
    if (control.type === "number") return control.value === "" ? "" : Number(control.value);
    return control.value;
  }

  function show(name) {
    const control = controls[name], value = state.settings[name];
    if (control.type === "checkbox") control.checked = Boolean(value);
    else if (control.value !== String(value ?? "")) control.value = value ?? "";
    if (twins[name] && document.activeElement !== twins[name]) twins[name].value = value;
  }

  /** Changes settings, shows them, and tells the others. */
  function set(changes) {
    Object.assign(state.settings, changes);
    for (const name of Object.keys(changes)) if (controls[name]) show(name);
    app.emit("settings", Object.keys(changes));
  }

  for (const [name, control] of Object.entries(controls)) {
    control.addEventListener(control.tagName === "SELECT" || control.type === "checkbox" ? "change" : "input", () => {
      const changes = { [name]: read(control) };
      if (name === "model") return chooseModel(control.value);
      if (name === "initNoise" && changes.initNoise) changes.strength = 1;
      if (name === "strength" && changes.strength < 1) changes.initNoise = false;
      if (name === "seed") changes.seedRandom = changes.seed === "";
      if (name === "seedRandom") changes.seed = changes.seedRandom ? "" : state.lastSeed ?? crypto.getRandomValues(new Uint32Array(1))[0];
      if (name === "style") Object.assign(changes, suitedBy(changes.style));
      set(changes);
    });
  }
  for (const [name, twin] of Object.entries(twins)) {
    twin.addEventListener("input", () => {
      if (twin.value === "" || !Number.isFinite(Number(twin.value))) return;
      const least = Number(twin.min), most = Number(twin.max), value = Math.min(most, Math.max(least, Number(twin.value)));
      set({ [name]: value, ...(name === "strength" && value < 1 ? { initNoise: false } : {}) });
    });
    twin.addEventListener("change", () => { twin.value = state.settings[name]; });
  }
  for (const radio of document.querySelectorAll("input[name=preset]")) {
    radio.addEventListener("change", () => set({ steps: presets[radio.value].steps, fast: presets[radio.value].fast }));
  }
  $("reset-settings").addEventListener("click", () => set(defaults()));
  $("seed-reuse").addEventListener("click", () => set({ seed: state.lastSeed, seedRandom: false }));

  /** What a style would have the settings be; leaving it brings the model's own back. */
  function suitedBy(name) {
    const style = state.styles.find((one) => one.name === name), own = defaults(), changes = {};
    for (const key of ["strength", "guidance", "steps", "scheduler"]) {
      if (style?.[key] !== undefined && style[key] !== null) changes[key] = style[key];
      else if (state.settings[key] !== own[key] && !style) changes[key] = own[key];
    }
    return changes;
  }

  function chooseModel(name) {
    const before = defaults(), kept = { ...state.settings };
    state.model = state.catalog.models.find((model) => model.name === name) ?? state.catalog.models[0];
    const after = defaults(), changes = { model: state.model.name };
    // What was as the old model had it becomes as the new one has it.
    for (const key of Object.keys(after)) if (kept[key] === undefined || kept[key] === before[key]) changes[key] = after[key];
    showStyles();
    showSides();
    set(changes);
    app.emit("model", state.model);
  }

  /** The size that is worked at, in points. */
  function workingSize(longer = Number(state.settings.size)) {
    if (!state.picture) return null;
    const { width, height } = state.picture, side = longer || usualSide(width, height);
    const scale = side / Math.max(width, height);
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  }

  function usualSide(width, height) {
    const own = state.model?.defaults?.size ?? state.model?.workingSize?.longerSide;
    return own ?? Math.min(Math.max(width, height), state.model?.workingSize?.atMost ?? 768);
  }

  function stepsToRun(steps, strength) {
    return strength === 0 ? 0 : Math.min(steps, Math.max(1, Math.floor(steps * strength + 1e-9)));
  }

  /** Seconds that a run will take on this server; null if nothing was measured yet. */
  function secondsOf({ steps, fast, strength = state.settings.strength, count = state.settings.count || 1 }) {
    const perStep = state.model?.secondsPerStep;
    if (!perStep) return null;
    const size = workingSize(), usual = workingSize(0);
    const larger = size && usual ? (size.width * size.height) / (usual.width * usual.height) : 1;
    return perStep * stepsToRun(steps, strength) * count * larger * (fast ? FAST_PART : 1);
  }

  function showSides() {
    const limit = Math.sqrt(state.catalog?.limits?.workingPixels ?? 1048576), usual = state.picture ? usualSide(state.picture.width, state.picture.height) : state.model?.defaults?.size;
    const ratio = state.picture ? Math.sqrt(Math.max(state.picture.width, state.picture.height) / Math.min(state.picture.width, state.picture.height)) : 1;
    const chosen = String(state.settings.size ?? "");
    const sides = new Set(SIDES.filter((side) => side <= limit * ratio));
    if (chosen) sides.add(Number(chosen));
    $("size").replaceChildren(
      el("option", { value: "", text: usual ? `${usual} (usual)` : "usual" }),
      ...[...sides].filter((side) => side !== usual || chosen === String(side)).sort((a, b) => a - b).map((side) => el("option", { value: String(side), text: String(side) })));
    $("size").value = chosen;
  }

  function showStyles() {
    const suited = state.styles.filter((style) => !style.models || style.models.length === 0 || style.models.includes(state.model?.name));
    $("style").replaceChildren(el("option", { value: "", text: "None" }), ...suited.map((style) => el("option", { value: style.name, text: style.name.replaceAll("-", " ") })));
    $("style-group").hidden = suited.length === 0;
    if (state.settings.style && !suited.some((style) => style.name === state.settings.style)) state.settings.style = "";
    $("style").value = state.settings.style ?? "";
  }

  function explain() {
    const now = state.settings, run = stepsToRun(now.steps || 1, now.strength);
    $("strength-words").textContent = STRENGTHS.find(([most]) => now.strength <= most)[1];
    $("strength").setAttribute("aria-valuetext", `${now.strength}: ${$("strength-words").textContent}`);
    const seconds = secondsOf({ steps: now.steps || 1, fast: now.fast });
    $("strength-steps").textContent = now.strength === 0 ? "No step is run." : `${run} of ${now.steps} steps are run${seconds === null ? "" : `, in about ${duration(seconds)}`}.`;
    const own = defaults(), most = state.catalog?.limits?.steps ?? 150;
    presets = {
      fast: { steps: Math.max(1, Math.round(own.steps * 0.6)), fast: true },
      good: { steps: own.steps, fast: false },
      best: { steps: Math.min(most, own.steps * 2), fast: false },
    };
    let chosen = "";
    for (const [name, preset] of Object.entries(presets)) {
      const needed = secondsOf(preset);
      $(`preset-${name}`).textContent = needed === null ? `${preset.steps} steps` : duration(needed);
      const isChosen = preset.steps === now.steps && preset.fast === now.fast;
      document.querySelector(`input[name=preset][value=${name}]`).checked = isChosen;
      if (isChosen) chosen = name;
    }
    $("preset-hint").textContent = [
      chosen === "" ? `Your own: ${now.steps} steps${now.fast ? ", saving work" : ""}.` : "",
      state.model?.secondsPerStep ? "Seconds as measured on this server." : "",
    ].filter(Boolean).join(" ");
    const style = state.styles.find((one) => one.name === now.style);
    $("style-hint").textContent = style?.description ?? "";
    $("style-strength-row").hidden = !style;
    $("style-strength-value").textContent = `${Math.round(100 * (now.styleStrength ?? 1))} %`;
    const size = workingSize();
    $("size-hint").textContent = size ? `Worked at ${size.width} × ${size.height}, given back at ${state.picture.width} × ${state.picture.height}.` : "";
    $("seed-reuse").hidden = state.lastSeed === undefined;
    $("seed").placeholder = now.seedRandom ? "drawn anew" : "";
  }

  app.on("settings", explain);
  app.on("picture", () => {
    showSides();
    explain();
  });
  app.on("result", () => {
    if (state.result) state.lastSeed = state.result.job.request?.seed;
    explain();
  });
  app.on("styles", () => {
    showStyles();
    explain();
  });
  app.on("measured", explain);
  app.on("catalog", () => {
    const { catalog } = state;
    $("model").replaceChildren(...catalog.models.map((model) => el("option", { value: model.name, text: model.title })));
    $("model-group").hidden = catalog.models.length < 2;
    $("scheduler").replaceChildren(el("option", { value: "", text: "the model's own" }), ...catalog.schedulers.map((name) => el("option", { value: name, text: name })));
    $("steps").max = catalog.limits?.steps ?? 150;
    $("count").max = catalog.limits?.count ?? 16;
    chooseModel(state.settings.model ?? catalog.models.find((model) => model.isDefault)?.name);
  });

  app.addRequestPart((fields) => {
    const now = state.settings;
    if (state.model) fields.model = state.model.name;
    fields.prompt = (now.prompt ?? "").trim();
    if (now.negativePrompt?.trim()) fields.negativePrompt = now.negativePrompt.trim();
    for (const key of ["strength", "steps", "guidance"]) if (now[key] !== "") fields[key] = now[key];
    if (now.scheduler) fields.scheduler = now.scheduler;
    if (now.karras) fields.karras = true;
    if (now.fast) fields.fast = true;
    if (now.initNoise && now.strength === 1) fields.init = "noise";
    if (now.guidanceRescale > 0) fields.guidanceRescale = now.guidanceRescale;
    if (now.format !== "png") fields.format = now.format;
    if (now.promptSyntax !== "plain") fields.promptSyntax = now.promptSyntax;
    if (now.longPrompt !== "cut") fields.longPrompt = now.longPrompt;
    if (now.metadata === false) fields.metadata = false;
    if (now.style) {
      fields.style = now.style;
      if (now.styleStrength < 1) fields.styleStrength = now.styleStrength;
    }
    if (now.count > 1) fields.count = now.count;
    if (now.size) {
      const size = workingSize();
      if (size) fields.size = `${size.width}x${size.height}`;
    }
    if (!now.seedRandom && now.seed !== "") fields.seed = now.seed;
  });

  app.addRestorer((request) => {
    if (request.model && request.model !== state.model?.name && state.catalog?.models.some((model) => model.name === request.model)) chooseModel(request.model);
    const changes = { ...defaults(), negativePrompt: "", prompt: request.prompt ?? "" };
    for (const key of ["negativePrompt", "strength", "steps", "guidance", "scheduler", "karras", "fast", "guidanceRescale", "format", "promptSyntax", "longPrompt", "metadata", "style", "styleStrength", "count"]) {
      const value = request[key];
      if (value !== undefined && value !== null) changes[key] = typeof value === "object" ? value.name ?? changes[key] : value;
    }
    changes.initNoise = request.init === "noise";
    if (request.seed !== undefined && request.seed !== null) Object.assign(changes, { seed: request.seed, seedRandom: false });
    const longer = longerSideOf(request);
    if (longer && longer !== state.model?.defaults?.size) changes.size = String(longer);
    if (changes.style && !state.styles.some((style) => style.name === changes.style)) changes.style = "";
    state.settings.size = changes.size;
    showSides();
    set(changes);
    $("negative-details").open = changes.negativePrompt !== "";
  });

  app.set = set;
  app.workingSize = () => workingSize();
}

/** The longer side of a size as requests and jobs have it: "512x384", or {width, height}; null if there is none. */
function longerSideOf({ size, maxSize }) {
  if (typeof size === "string") return Math.max(...size.split("x").map(Number)) || null;
  if (size?.width) return Math.max(size.width, size.height);
  return maxSize ?? null;
}
