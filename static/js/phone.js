/* The phone's pages: what is not up yet, the service worker, signing out. Everything is an addition. */
(() => {
  "use strict";

  const doc = document;
  const body = doc.body;
  const queue = self.phoneQueue;
  const one = (selector) => doc.querySelector(selector);
  const AGAIN = 15000;
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
    acts.appendChild(button("再试", () => again(item)));
    acts.appendChild(button("复制文字", (pressed) => copy(wordsOf(item), pressed)));
    if (item.refused) { acts.appendChild(button("删掉", (pressed) => remove(item, pressed))); }
    el.appendChild(acts);
    return el;
  }

  async function again(item) {
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
  self.phoneSend = async (force) => {
    clearTimeout(timer);
    const told = await queue.flush(body.dataset.session, force);
    told.sent.forEach((item) => { if (item.sent) { self.phoneSent[item.id] = item.sent; } });
    await show(told.state);
    if (told.state === "busy" || told.state === "offline") {
      timer = setTimeout(self.phoneSend, AGAIN);
      wish();
    }
    return told;
  };

  function wish() {
    if (!navigator.serviceWorker || !self.SyncManager) { return; }
    navigator.serviceWorker.ready.then((kept) => kept.sync.register("queue")).catch(() => {});
  }

  addEventListener("online", () => self.phoneSend(true));
  addEventListener("offline", () => show("offline"));
  doc.addEventListener("queued", () => show());
  doc.addEventListener("visibilitychange", () => { if (!doc.hidden) { self.phoneSend(false); } });

  /* ---------- a form that needs a net and a session keeps what was typed ---------- */
  const online = Array.from(doc.querySelectorAll("form[data-online]"));
  const typedIn = (form) => Array.from(form.elements).filter((el) => el.name && el.type !== "hidden" && el.type !== "file");
  const draftOf = (form) => body.dataset.account + " " + form.action;

  function tell(text, ...links) {
    strip.textContent = text;
    strip.append(...links);
    strip.hidden = false;
    scrollTo(0, 0);
  }

  async function isSignedOut() {
    const answer = await fetch(body.dataset.session, { credentials: "same-origin", cache: "no-store", headers: { "X-Poll": "1" } });
    return answer.status === 401;
  }

  function keepTyped(form) {
    const fields = typedIn(form).map((el) => [el.name, el.type === "checkbox" || el.type === "radio" ? el.checked : el.value, el.value]);
    return queue.put("drafts", { key: draftOf(form), account: body.dataset.account, fields, photos: [] });
  }

  async function restoreTyped(form) {
    const draft = await queue.get("drafts", draftOf(form));
    if (!draft) { return; }
    draft.fields.forEach(([name, value, option]) => typedIn(form).filter((el) => el.name === name).forEach((el) => {
      if (typeof value !== "boolean") { el.value = value; } else if (el.value === option) { el.checked = value; }
    }));
    const details = form.closest("details");
    if (details) { details.open = true; }
    await queue.drop("drafts", draft.key);
  }

  async function submitOnline(form, pressed) {
    form.setAttribute("data-busy-now", "");
    if (await isSignedOut().catch(() => false)) {
      await keepTyped(form);
      form.removeAttribute("data-busy-now");
      tell("离开太久，为安全已退出。登录后回到这一页，写的都在。", link("去登录", "/login/?next=" + encodeURIComponent(location.pathname)));
      return;
    }
    if (pressed && pressed.name) {
      const field = doc.createElement("input");
      field.type = "hidden";
      field.name = pressed.name;
      field.value = pressed.value;
      form.appendChild(field);
    }
    form.submit();
  }

  online.forEach((form) => {
    restoreTyped(form).catch(() => {});
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.hasAttribute("data-busy-now")) { return; }
      if (navigator.onLine === false) { tell("没有网络，写的都还在。有网后再点一次。"); return; }
      submitOnline(form, event.submitter);
    });
  });
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
