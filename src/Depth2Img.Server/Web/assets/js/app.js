// What the parts of the page share. Each part is a function mountX(element, app) that wires up its own elements; parts
// know each other by this object alone.
//
//   app.state        what there is now, read by everybody, written by its owner (see below)
//   app.on(event, f) calls f(detail) whenever something happened; gives a function that ends it
//   app.emit(event, detail)
//   app.api          the client of API v1 (api.js): json(), blob(), send(), image(path) for <img src>
//   app.addRequestPart(async (fields, files) => …)   before every Generate: put fields into the JSON request and blobs into
//                    `files` by their names; throw new FieldError(field, message) to say why it cannot be run as it is
//   app.addRestorer(async (request, job) => …)       after a job's settings were brought back: take what is yours;
//                    `job` is null for settings from a dropped picture
//   await app.buildRequest()                         {fields, files} as Generate would send them
//   app.jobs.submit({path, fields, files, kind, label})   sends a job and follows it: previews, progress, queue are shown; a
//                    promise of the finished job as the server shows it (null if it was refused, failed or was stopped)
//   app.showErrors(problem)  shows a refusal beside its fields: those within an element with data-field="name other-name"
//
// state.picture      {canvas, width, height, name} or null; canvas is upright, sRGB, at the size that is uploaded
// state.depth        {map, source: "estimated"|"supplied", model, colors} or null; map is a DepthMap (depth-map.js): map.adjusted()
//                    gives Uint16 levels, 0 farthest, at map.width × map.height, corrections applied
// state.result       {job, index, image, original, depth} or null: the job, which of its pictures, and addresses for <img>
// state.catalog      the answer of GET models; state.model the chosen one of its models; state.styles
// state.settings     the request's fields as the page's controls have them (settings.js)
// Events: "catalog", "model", "picture" (changed or gone), "depth" (map, strokes or corrections changed; also gone), "settings",
//         "result", "jobs", "finished" (a job ended; detail is the job), "preview" ({url, job})

/** Something that a part of the page cannot send; shown beside its field. */
export class FieldError extends Error {
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

export class App {
  #listeners = new Map();
  #requestParts = [];
  #restorers = [];

  state = { picture: null, depth: null, result: null, catalog: null, model: null, styles: [], settings: {} };

  /** Set by main.js. */
  jobs = null;
  showErrors = () => {};

  constructor(api) {
    this.api = api;
  }

  on(event, run) {
    const all = this.#listeners.get(event) ?? this.#listeners.set(event, new Set()).get(event);
    all.add(run);
    return () => all.delete(run);
  }

  emit(event, detail) {
    for (const run of this.#listeners.get(event) ?? []) {
      try {
        run(detail);
      } catch (error) {
        // One part's fault must not stop the others.
        console.error(error);
      }
    }
  }

  addRequestPart(part) {
    this.#requestParts.push(part);
  }

  addRestorer(restorer) {
    this.#restorers.push(restorer);
  }

  async buildRequest() {
    const fields = {}, files = {};
    for (const part of this.#requestParts) await part(fields, files);
    return { fields, files };
  }

  async restore(request, job) {
    for (const restorer of this.#restorers) await restorer(request, job);
  }
}
