/* The phone's pages: what is not up yet, the service worker, signing out. Everything is an addition. */
(() => {
  "use strict";

  const doc = document;
  const body = doc.body;
  const queue = self.phoneQueue;
  const one = (selector) => doc.querySelector(selector);
  const AGAIN = 15000;
  const SOON = 2000;
  const SLOW = 5000;

  self.phoneSent = {};
  self.phoneSend = () => Promise.resolve({ state: "off", sent: [] });
  if (!self.indexedDB) { return; }

  async function accountHere() {
    return body.dataset.account || ((await queue.get("meta", "account")) || {}).value || "";
  }

  /* ---------- the strip at the top ---------- */
  const strip = one("[data-net]");

  function sentence(state, waiting, refused) {
    const away = state === "offline" || navigator.onLine === false;
    if (away && waiting) { return "没有网络。" + waiting + " 条已存在手机里，有网后自动上传。"; }
    if (away) { return "没有网络。可以照常上报，先存在手机里。"; }
    if (state === "signed-out" && waiting) { return waiting + " 条已存在手机里，登录后自动上传。"; }
    if (waiting) { return waiting + " 条还没传上去，过一会儿自动再传。"; }
    return refused ? refused + " 条没传上去，要看一下。" : "";
  }

  let last = "";
  async function show(state) {
    last = state || last;
    const account = await accountHere();
    const items = account ? await queue.itemsOf(account) : [];
    const refused = items.filter((item) => item.refused).length;
    const text = sentence(last, items.length - refused, refused);
    strip.textContent = text;
    strip.hidden = !text;
    if (items.length) { strip.appendChild(link("看没传上去的", body.dataset.unsent)); }
    if (last === "signed-out" && items.length) {
      strip.appendChild(link("去登录", "/login/?next=" + encodeURIComponent(body.dataset.home)));
    }
    list(items);
  }

  function link(text, url) {
    const a = doc.createElement("a");
    a.href = url;
    a.textContent = text;
    return a;
  }

  /* ---------- 没传上去的 ---------- */
  function list(items) {
    const box = one("[data-unsent-list]");
    if (!box) { return; }
    box.replaceChildren(...(items.length ? items.map(row) : [paragraph("hint", box.dataset.empty)]));
  }

  function paragraph(name, text) {
    const p = doc.createElement("p");
    p.className = name;
    p.textContent = text;
    return p;
  }

  function button(text, work) {
    const el = doc.createElement("button");
    el.type = "button";
    el.className = "btn";
    el.textContent = text;
    el.addEventListener("click", () => work(el));
    return el;
  }

  const wordsOf = (item) => [item.fields.text || "走过，没异常", item.fields.place].filter(Boolean).join("，");

  function whenOf(item) {
    const at = new Date(item.at);
    const two = (number) => String(number).padStart(2, "0");
    return (at.getMonth() + 1) + "月" + at.getDate() + "日 " + two(at.getHours()) + ":" + two(at.getMinutes());
  }

  function row(item) {
    const el = doc.createElement("div");
    el.className = "unsent";
    const photos = item.photos.length ? "，照片 " + item.photos.length + " 张" : "";
    el.appendChild(paragraph("", (item.kind === "patrol" ? "巡查记录：" : "") + wordsOf(item)));
    el.appendChild(paragraph("hint", whenOf(item) + photos));
    if (item.refused) { el.appendChild(paragraph("field__error", item.refused)); }
    const acts = doc.createElement("div");
    acts.className = "acts";
    acts.appendChild(button("再试", () => tryAgain(item)));
    acts.appendChild(button("复制文字", (pressed) => copy(wordsOf(item), pressed)));
    if (item.refused) { acts.appendChild(button("删掉", (pressed) => remove(item, pressed))); }
    el.appendChild(acts);
    return el;
  }

  async function tryAgain(item) {
    const fresh = await queue.get("queue", item.id);
    if (fresh) {
      delete fresh.refused;
      delete fresh.lost;
      fresh.next = 0;
      await queue.put("queue", fresh);
    }
    self.phoneSend(true);
  }

  function copy(text, pressed) {
    const area = doc.createElement("textarea");
    area.value = text;
    pressed.parentNode.appendChild(area);
    area.select();
    const done = doc.execCommand("copy");
    area.remove();
    pressed.textContent = done ? "已复制" : "长按文字来复制";
    pressed.focus();
  }

  async function remove(item, pressed) {
    if (pressed.textContent === "删掉") { pressed.textContent = "真的删掉"; return; }
    await queue.drop("queue", item.id);
    show();
  }

  /* ---------- sending, again and again ---------- */
  let timer = 0;
  let fresh = 0;
  const again = (next) => Math.min(Math.max(AGAIN, (next || 0) - Date.now()), queue.LONGEST);

  /* a net that is said to be back often needs some seconds more */
  function later(told) {
    clearTimeout(timer);
    if (told.state === "offline" && fresh > 0) {
      fresh -= 1;
      timer = setTimeout(() => self.phoneSend(true), SOON);
    } else {
      timer = setTimeout(() => self.phoneSend(false), again(told.next));
    }
  }

  self.phoneSend = async (force) => {
    clearTimeout(timer);
    const told = await queue.flush(body.dataset.session, force);
    told.sent.forEach((item) => { if (item.sent) { self.phoneSent[item.id] = item.sent; } });
    await show(told.state);
    if (told.state === "busy" || told.state === "offline") {
      later(told);
      wish();
    }
    return told;
  };

  function wish() {
    if (!navigator.serviceWorker || !self.SyncManager) { return; }
    navigator.serviceWorker.ready.then((kept) => kept.sync.register("queue")).catch(() => {});
  }

  addEventListener("online", () => {
    fresh = 3;
    self.phoneSend(true);
  });
  addEventListener("offline", () => show("offline"));
  doc.addEventListener("queued", () => show());
  doc.addEventListener("visibilitychange", () => { if (!doc.hidden) { self.phoneSend(false); } });

  /* ---------- a form that needs a net and a session keeps what was typed ---------- */
  const online = Array.from(doc.querySelectorAll("form[data-online]"));
  const typedIn = (form) => Array.from(form.elements).filter((el) => el.name && el.type !== "hidden" && el.type !== "file");
  const draftOf = (form) => [body.dataset.account, form.action, ...typedIn(form).map((el) => el.name)].join(" ");
  const pickers = new Map();

  function tell(text, ...links) {
    strip.textContent = text;
    strip.append(...links);
    strip.hidden = false;
    scrollTo(0, 0);
  }

  /* "here", "out" (signed out) or "away": a phone may think there is a net where there is none */
  async function net() {
    if (navigator.onLine === false) { return "away"; }
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), SLOW);
    try {
      const answer = await fetch(body.dataset.session, {
        credentials: "same-origin", cache: "no-store", headers: { "X-Poll": "1" }, signal: patience.signal,
      });
      return answer.status === 401 ? "out" : answer.ok ? "here" : "away";
    } catch (error) {
      return "away";
    } finally {
      clearTimeout(timer);
    }
  }

  const SIGNED_OUT = "离开太久，为安全已退出。登录后回到这一页，写的都在。";
  self.phoneNet = net;
  self.phoneAway = (found) => (found === "out" ? SIGNED_OUT : "没有网络，写的都还在。有网后再点一次。");

  const isTicked = (el) => el.type === "checkbox" || el.type === "radio";
  const isWritten = (el) => (isTicked(el) ? el.checked !== el.defaultChecked : el.value.trim() !== "");

  /* kept at every letter, until an answer has come: neither a killed page nor a dead net takes it away */
  function keepTyped(form, isSent) {
    if (!typedIn(form).some(isWritten)) { return queue.drop("drafts", draftOf(form)); }
    const fields = typedIn(form).map((el) => [el.name, isTicked(el) ? el.checked : el.value, el.value]);
    return queue.put("drafts", { key: draftOf(form), account: body.dataset.account, fields, photos: [], isSent });
  }

  function fillTyped(form, draft) {
    draft.fields.forEach(([name, value, option]) => typedIn(form).filter((el) => el.name === name).forEach((el) => {
      if (typeof value !== "boolean") { el.value = value; } else if (el.value === option) { el.checked = value; }
    }));
    const details = form.closest("details");
    if (details) { details.open = true; }
  }

  /* a page that says what became of it is the answer; what was sent and not answered is still to be sent */
  async function restoreTyped() {
    const isAnswer = Boolean(one(".message, [data-focus]"));
    const drafts = (await queue.all("drafts")).filter((draft) => Array.isArray(draft.fields) && draft.account === body.dataset.account);
    for (const draft of drafts) {
      if (draft.isSent && isAnswer) { await queue.drop("drafts", draft.key); continue; }
      if (draft.isSent) { await queue.put("drafts", Object.assign(draft, { isSent: false })); }
      online.filter((form) => draftOf(form) === draft.key).forEach((form) => fillTyped(form, draft));
    }
  }

  function addPressed(form, pressed) {
    if (!pressed || !pressed.name) { return; }
    const field = doc.createElement("input");
    field.type = "hidden";
    field.name = pressed.name;
    field.value = pressed.value;
    form.appendChild(field);
  }

  async function submitOnline(form, pressed) {
    form.setAttribute("data-busy-now", "");
    await keepTyped(form, false).catch(() => {});
    const found = await net();
    if (found !== "here") {
      form.removeAttribute("data-busy-now");
      tell(self.phoneAway(found), ...(found === "out" ? [link("去登录", "/login/?next=" + encodeURIComponent(location.pathname))] : []));
      return;
    }
    await keepTyped(form, true).catch(() => {});
    if (pickers.has(form)) { await pickers.get(form).intoForm(); }
    addPressed(form, pressed);
    form.submit();
  }

  online.forEach((form) => {
    if (form.querySelector("[data-photos-field]")) {
      pickers.set(form, self.phonePhotos.field(form, () => Promise.resolve()));
    }
    form.addEventListener("input", () => { keepTyped(form, false).catch(() => {}); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!form.hasAttribute("data-busy-now")) { submitOnline(form, event.submitter); }
    });
  });
  restoreTyped().catch(() => {});
  addEventListener("pageshow", () => online.forEach((form) => form.removeAttribute("data-busy-now")));

  const wrong = one("[data-focus]");
  if (wrong) { wrong.focus(); }

  /* ---------- 退出: first what is not up, then nothing stays on the phone ---------- */
  const out = one("[data-sign-out]");
  const warning = one("[data-unsent-warning]");

  /* the files of the build are nobody's, and the next person needs them without a net too */
  async function wipe() {
    await queue.forget(await accountHere());
    if (navigator.serviceWorker && navigator.serviceWorker.controller) {
      navigator.serviceWorker.controller.postMessage({ forget: true });
    }
    if (self.caches) {
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith("phone-pages")).map((name) => caches.delete(name)));
    }
  }

  async function leave() {
    await wipe();
    out.submit();
  }

  const atMost = (work, time) => Promise.race([work.catch(() => {}), new Promise((done) => { setTimeout(done, time); })]);

  async function signOut() {
    one("[data-out]").disabled = true;
    await atMost(self.phoneSend(true), SLOW);
    one("[data-out]").disabled = false;
    const left = await queue.itemsOf(await accountHere());
    if (!left.length) { await leave(); return; }
    one("[data-unsent-words]").textContent = "还有 " + left.length + " 条没传上去。现在退出，这 " + left.length + " 条就没有了。";
    warning.hidden = false;
    warning.scrollIntoView({ block: "center" });
  }

  if (out) {
    out.addEventListener("submit", (event) => { event.preventDefault(); signOut().catch(() => out.submit()); });
    one("[data-stay]").addEventListener("click", () => { warning.hidden = true; });
    one("[data-leave]").addEventListener("click", leave);
  }

  /* ---------- the worker: only where there is https ---------- */
  async function begin() {
    if (body.dataset.account) { await queue.put("meta", { key: "account", value: body.dataset.account }); }
    if (navigator.serviceWorker) {
      await navigator.serviceWorker.register(body.dataset.worker, { scope: body.dataset.home });
      const kept = await navigator.serviceWorker.ready;
      if (body.dataset.account && navigator.onLine !== false) {
        kept.active.postMessage({ keep: body.dataset.account });
      }
    }
  }

  begin().catch(() => {});
  self.phoneSend(false);
})();
