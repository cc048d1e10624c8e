/* What the phone keeps until there is a net: the queue, drafts, whose they are. Used by the pages and by the
   service worker. Baseline Chromium 86, no build. */
(function (root) {
  "use strict";

  const NAME = "zongzhi-phone";
  const MINUTE = 60000;
  const BACK_OFF = [0, 10000, 30000, MINUTE, 3 * MINUTE, 10 * MINUTE];
  const LONGEST = BACK_OFF[BACK_OFF.length - 1];
  const ASKING = 15000;  // a net that swallows what is sent holds nothing up for longer
  const CARRYING = 3 * MINUTE;
  const SLOWEST = 4;  // bytes in a millisecond: a large photo over a weak signal is given its time
  let opened = null;

  function open() {
    if (!opened) {
      opened = new Promise((done, failed) => {
        const asking = root.indexedDB.open(NAME, 1);
        asking.onupgradeneeded = () => {
          asking.result.createObjectStore("queue", { keyPath: "id" });
          asking.result.createObjectStore("drafts", { keyPath: "key" });
          asking.result.createObjectStore("meta", { keyPath: "key" });
        };
        asking.onsuccess = () => done(asking.result);
        asking.onerror = () => failed(asking.error);
      });
    }
    return opened;
  }

  function run(store, mode, work) {
    return open().then((db) => new Promise((done, failed) => {
      const change = db.transaction(store, mode);
      const asked = work(change.objectStore(store));
      if (asked && change.commit) { change.commit(); }  // the page may be ended the moment after
      change.oncomplete = () => done(asked ? asked.result : undefined);
      change.onerror = () => failed(change.error);
      change.onabort = () => failed(change.error);
    }));
  }

  const put = (store, row) => run(store, "readwrite", (rows) => rows.put(row));
  const get = (store, key) => run(store, "readonly", (rows) => rows.get(key));
  const drop = (store, key) => run(store, "readwrite", (rows) => rows.delete(key));
  const all = (store) => run(store, "readonly", (rows) => rows.getAll());

  /* once somebody has signed out, or thrown it away, it does not come back */
  const change = (item) => run("queue", "readwrite", (rows) => {
    const asked = rows.getKey(item.id);
    asked.onsuccess = () => { if (asked.result !== undefined) { rows.put(item); } };
  });

  async function itemsOf(account) {
    const found = (await all("queue")).filter((item) => item.account === account);
    return found.sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  async function forget(account) {
    for (const item of await itemsOf(account)) { await drop("queue", item.id); }
    for (const draft of await all("drafts")) {
      if (draft.account === account) { await drop("drafts", draft.key); }
    }
    await drop("meta", "account");
  }

  /* ---------- a number of our own: randomUUID does not exist without https ---------- */
  function newId() {
    const bytes = root.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  /* ---------- sending: only what the signed-in person wrote, in the order it was written ---------- */
  class Later extends Error {}
  class SignedOut extends Error {}
  class Stale extends Error {}

  async function fetchWithin(time, url, options) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), time);
    try {
      const response = await fetch(url, Object.assign({ signal: patience.signal }, options));
      const text = response.type === "opaqueredirect" ? "" : await response.text();
      return { response, text };
    } finally {
      clearTimeout(timer);
    }
  }

  async function answerOf(url, body, session, size) {
    const { response, text } = await fetchWithin(CARRYING + (size || 0) / SLOWEST, url, {
      method: "POST",
      body: body,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "manual",
      headers: { "Accept": "application/json", "X-Account": session.account, "X-CSRFToken": session.token },
    });
    if (response.type === "opaqueredirect" || response.status === 401) { throw new SignedOut(); }
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (response.status === 403 && !isJson) { throw new Stale(); }
    if (response.status >= 500 || !isJson) { throw new Later(); }
    return { ok: response.ok, said: JSON.parse(text) };
  }

  function formOf(fields) {
    const form = new FormData();
    Object.keys(fields).forEach((name) => form.append(name, fields[name]));
    return form;
  }

  async function sendReport(item, session) {
    const answer = await answerOf(item.url, formOf(item.fields), session);
    if (answer.ok) { item.sent = answer.said.message; } else { item.refused = answer.said.message; }
    await change(item);
  }

  async function sendPhotos(item, session) {
    while (item.photos.length) {
      const photo = item.photos[0];
      const body = formOf({ event: item.id, client_id: photo.id });
      body.append("photo", photo.blob, "photo.jpg");
      const answer = await answerOf(item.photosUrl, body, session, photo.blob.size);
      if (!answer.ok) { item.lost = answer.said.message; }
      item.photos.shift();
      await change(item);
    }
    if (item.lost) {
      item.refused = item.sent + "，但有照片没传上去：" + item.lost;
      await change(item);
    } else {
      await drop("queue", item.id);
    }
  }

  async function sendOne(item, session) {
    if (!item.sent) { await sendReport(item, session); }
    if (item.sent) { await sendPhotos(item, session); }
  }

  /* a page fetched beside may have been given another cookie than the token belongs to: asked for once more */
  async function sendFresh(item, session, sessionUrl) {
    try {
      await sendOne(item, session);
    } catch (error) {
      if (!(error instanceof Stale)) { throw error; }
      const fresh = await sessionOf(sessionUrl);
      if (fresh.account !== session.account) { throw new Later(); }
      Object.assign(session, fresh);
      await sendOne(item, session);
    }
  }

  async function sessionOf(url) {
    const { response, text } = await fetchWithin(ASKING, url, {
      credentials: "same-origin", cache: "no-store", headers: { "X-Poll": "1", "Accept": "application/json" },
    });
    if (response.status === 401) { throw new SignedOut(); }
    if (!response.ok) { throw new Later(); }
    return JSON.parse(text);
  }

  /* what is still here goes up later: the earliest time at which something may */
  async function whatIsLeft(account, state, sent) {
    const left = (await itemsOf(account)).filter((item) => !item.refused);
    if (!left.length) { return { state: "done", sent }; }
    return { state, sent, next: Math.min(...left.map((item) => item.next || 0)) };
  }

  /* a phone whose clock was put back does not wait for a day that is far away */
  function isDue(item) {
    const wait = (item.next || 0) - Date.now();
    return wait <= 0 || wait > LONGEST;
  }

  async function putOff(item) {
    item.tries = (item.tries || 0) + 1;
    item.next = Date.now() + BACK_OFF[Math.min(item.tries, BACK_OFF.length - 1)];
    await change(item);
  }

  async function sendAll(sessionUrl, force) {
    const waiting = (await all("queue")).filter((item) => !item.refused);
    if (!waiting.length) { return { state: "empty", sent: [] }; }
    const sent = [];
    let session;
    try {
      session = await sessionOf(sessionUrl);
    } catch (error) {
      return { state: error instanceof SignedOut ? "signed-out" : error instanceof Later ? "busy" : "offline", sent };
    }
    for (const item of await itemsOf(session.account)) {
      if (item.refused || !(force || isDue(item))) { continue; }
      try {
        await sendFresh(item, session, sessionUrl);
        sent.push(item);
      } catch (error) {
        if (error instanceof SignedOut) { return { state: "signed-out", sent }; }
        await putOff(item);
        if (!(error instanceof Later || error instanceof Stale)) { return whatIsLeft(session.account, "offline", sent); }
      }
    }
    return whatIsLeft(session.account, "busy", sent);
  }

  /* one sender at a time, page or worker; without locks the server's "once" is what counts */
  let running = null;
  let wanted = null;

  /* what was written while a pass was under way is not in its list: another pass takes it along */
  async function passes(sessionUrl) {
    const sent = [];
    let told;
    try {
      while (wanted) {
        const force = wanted.force;
        wanted = null;
        told = await sendAll(sessionUrl, force);
        sent.push(...told.sent);
      }
    } finally {
      running = wanted = null;
    }
    return Object.assign(told, { sent });
  }

  function flush(sessionUrl, force) {
    wanted = { force: Boolean(force || (wanted && wanted.force)) };
    if (!running) {
      const locks = root.navigator && root.navigator.locks;
      const work = () => passes(sessionUrl);
      running = locks ? locks.request(NAME, work) : work();
      running.catch(() => { running = wanted = null; });
    }
    return running;
  }

  root.phoneQueue = { LONGEST, open, put, get, drop, all, itemsOf, forget, newId, flush };
})(self);
