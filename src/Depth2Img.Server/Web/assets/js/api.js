// The client of API v1. Addresses are relative to the page, so that it works under any path behind a proxy.

/** A refusal of the server, or none of its answers arriving (`status` 0). */
export class Problem extends Error {
  constructor({ status, title, detail, errors, retryAfter, traceId }) {
    super(detail || title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = detail || title;
    /** @type {Record<string, string[]>} what is wrong with each field */
    this.errors = errors ?? {};
    /** Seconds to wait before trying again; null if not told. */
    this.retryAfter = retryAfter ?? null;
    this.traceId = traceId ?? null;
  }

  /** Whether the same request may do later. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

const KEY_NAME = "depth2img.key";

export class Api {
  #base = new URL(".", document.baseURI);
  #images = new Map();
  #asking = null;

  /** Asks for a key; set by the page. @type {(wasWrong: boolean) => Promise<string|null>} */
  askForKey = async () => null;

  get key() {
    try {
      return sessionStorage.getItem(KEY_NAME);
    } catch {
      return null;
    }
  }

  /** The address of one of the server's paths. Those that begin elsewhere, before a proxy, are cut to what is ours. */
  resolve(path) {
    const own = path.search(/\/(api\/v1|health)\//);
    return new URL(own >= 0 ? path.slice(own + 1) : path, this.#base).href;
  }

  /**
   * Sends a request and gives its answer; asks for a key after a 401, and sends it again.
   * @param {string} path such as "api/v1/models"
   * @param {{method?: string, json?: object, form?: FormData, headers?: Record<string, string>, signal?: AbortSignal}} options
   * @throws {Problem}
   */
  async send(path, { method = "GET", json, form, headers = {}, signal } = {}) {
    let wasRefused = false;
    for (;;) {
      const key = this.key;
      const all = { Accept: "application/json", "X-Requested-With": "depth2img", ...headers };
      if (key) all.Authorization = `Bearer ${key}`;
      if (json) all["Content-Type"] = "application/json";
      let answer;
      try {
        answer = await fetch(this.resolve(path), { method, headers: all, body: json ? JSON.stringify(json) : form, signal, cache: "no-cache" });
      } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Problem({ status: 0, title: "No connection", detail: "The server does not answer." });
      }
      if (answer.ok) return answer;
      const problem = await readProblem(answer);
      if (problem.status !== 401 || !(await this.#renewKey(key, wasRefused))) throw problem;
      wasRefused = true;
    }
  }

  /** As `send`, and reads the answer as JSON. */
  async json(path, options) {
    const answer = await this.send(path, options);
    return answer.status === 204 ? null : answer.json();
  }

  /** As `send`, and reads the answer as a blob. */
  async blob(path, options) {
    return (await this.send(path, { headers: { Accept: "*/*" }, ...options })).blob();
  }

  /** An address that an <img> can show: with a key the picture is fetched, for images cannot send one. */
  async image(path) {
    if (!this.key) return this.resolve(path);
    if (!this.#images.has(path)) {
      this.#images.set(path, this.blob(path).then((blob) => URL.createObjectURL(blob)));
      // The eldest go: a long session must not hold every picture that it has seen.
      if (this.#images.size > 300) {
        const [eldest, url] = this.#images.entries().next().value;
        this.#images.delete(eldest);
        url.then(URL.revokeObjectURL, () => {});
      }
    }
    try {
      return await this.#images.get(path);
    } catch (error) {
      this.#images.delete(path);
      throw error;
    }
  }

  /**
   * Tells a job's events until its end, through lost connections.
   * @param {string} id the job
   * @param {(type: string, data: object) => void} tell
   * @param {{signal: AbortSignal, onLost?: () => void, onBack?: () => void}} options
   * @returns {Promise<void>} when the job is over, or unknown
   */
  async follow(id, tell, { signal, onLost = () => {}, onBack = () => {} }) {
    let last = null, wait = 500;
    while (!signal.aborted) {
      try {
        const headers = { Accept: "text/event-stream" };
        if (last !== null) headers["Last-Event-ID"] = last;
        const answer = await this.send(`api/v1/jobs/${id}/events`, { headers, signal });
        onBack();
        for await (const event of readEvents(answer.body)) {
          wait = 500;
          if (event.id !== null) last = event.id;
          if (event.data !== null) tell(event.type, event.data);
          if (event.type === "done" || event.type === "failed" || event.type === "cancelled") return;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Problem && !error.isPassing) throw error;
      }
      if (signal.aborted) return;
      onLost();
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, 8000);
    }
  }

  /** One dialog, however many requests were refused at once. */
  #renewKey(refused, wasRefused) {
    if (this.key !== refused) return Promise.resolve(true);
    this.#asking ??= this.askForKey(wasRefused || refused !== null).then((key) => {
      this.#asking = null;
      if (!key) return false;
      sessionStorage.setItem(KEY_NAME, key);
      return true;
    });
    return this.#asking;
  }
}

async function readProblem(answer) {
  let body = {};
  try {
    body = await answer.json();
  } catch {
    // A proxy's own page.
  }
  const after = Number.parseFloat(answer.headers.get("Retry-After"));
  return new Problem({
    status: answer.status,
    title: body.title ?? (answer.status === 413 ? "The picture is too large" : `The server answered ${answer.status}`),
    detail: body.detail ?? (answer.status === 413 ? "Something between you and the server takes no request of this size." : ""),
    errors: body.errors,
    retryAfter: Number.isFinite(after) ? after : null,
    traceId: body.traceId,
  });
}

/** Reads server-sent events. */
async function* readEvents(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "", id = null, type = "message", data = [];
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      let end;
      while ((end = text.indexOf("\n")) >= 0) {
        const line = text.slice(0, end).replace(/\r$/, "");
        text = text.slice(end + 1);
        if (line === "") {
          if (data.length > 0) yield { id, type, data: parse(data.join("\n")) };
          type = "message";
          data = [];
          continue;
        }
        const colon = line.indexOf(":");
        if (colon === 0) continue;
        const name = colon < 0 ? line : line.slice(0, colon), content = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "id") id = content;
        else if (name === "event") type = content;
        else if (name === "data") data.push(content);
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
