/* A form on the phone: kept at every keystroke and before the camera opens, then put into the queue. */
(() => {
  "use strict";

  const doc = document;
  const queue = self.phoneQueue;
  const one = (selector, within) => (within || doc).querySelector(selector);
  const all = (selector, within) => Array.from((within || doc).querySelectorAll(selector));
  const form = one("form[data-queue]");
  if (!form || !self.indexedDB) { return; }

  const KEPT_OUT = ["csrfmiddlewaretoken", "photos"];
  const WRITTEN = ["text", "category", "duty", "is_urgent"];
  const kind = form.dataset.queue;
  const restored = one("[data-restored]");
  const said = one("[data-said]");
  const RECENT = 10 * 60000;  // after that one may be standing somewhere else
  let account = doc.body.dataset.account;
  let ready = false;
  let inCamera = false;
  let locatedAt = 0;
  let finished = false;

  function fields() {
    const found = {};
    new FormData(form).forEach((value, name) => {
      if (!KEPT_OUT.includes(name) && typeof value === "string") { found[name] = value; }
    });
    return found;
  }

  const variant = () => (new URLSearchParams(location.search).get("who") || "");
  const key = () => account + " " + kind + variant();

  /* ---------- the draft ---------- */
  function keep() {
    if (!ready || finished || kind !== "report") { return Promise.resolve(); }
    return queue.put("drafts", { key: key(), account, fields: fields(), photos: picked.photos, inCamera, locatedAt });
  }

  /* a phone that is full says so when it is asked to submit, not at every letter */
  const quietly = () => keep().catch(() => {});

  function fill(values) {
    Array.from(form.elements).forEach((el) => {
      if (!el.name || KEPT_OUT.includes(el.name) || el.type === "submit" || el.type === "button") { return; }
      if (el.type === "radio" || el.type === "checkbox") {
        el.checked = values[el.name] === el.value;
      } else if (el.name in values) {
        el.value = values[el.name];
      }
    });
  }

  const isWorth = (draft) => draft.photos.length || WRITTEN.some((name) => draft.fields[name]);

  function emptyButton() {
    const button = doc.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = "清空重写";
    button.addEventListener("click", () => queue.drop("drafts", key()).then(() => { finished = true; location.reload(); }));
    return button;
  }

  async function restore() {
    const draft = await queue.get("drafts", key());
    if (!draft || !isWorth(draft)) { return false; }
    fill(draft.fields);
    restorePlace(draft);
    draft.photos.forEach(picked.add);
    restored.textContent = draft.inCamera ? "刚才拍照时页面重开了，内容已恢复。" : "上次没提交的内容已恢复。";
    restored.appendChild(emptyButton());
    restored.hidden = false;
    return true;
  }

  /* ---------- photos ---------- */
  const picker = one("input[type=file]", form);
  let picked = { photos: [], taken: () => Promise.resolve(), intoForm: () => Promise.resolve() };

  function watchPhotos() {
    if (!picker) { return; }
    picked = self.phonePhotos.field(form, keep);
    const camera = (isOpen) => { inCamera = isOpen; quietly(); };
    picker.addEventListener("click", () => camera(true));
    picker.addEventListener("change", () => camera(false));
    picker.addEventListener("cancel", () => camera(false));
  }

  /* ---------- the place, only when tapped ---------- */
  const FOUND = "（取到了）";
  const locateWords = (text) => { one("[data-locate-words]", form).textContent = text; };

  function setPlace(longitude, latitude, text) {
    form.elements.longitude.value = longitude;
    form.elements.latitude.value = latitude;
    locatedAt = longitude === "" ? 0 : Date.now();
    locateWords(text);
    quietly();
  }

  /* which grid that is; without a net it is simply found */
  async function sayWhere(longitude, latitude, grid) {
    const body = new FormData();
    body.append("longitude", longitude);
    body.append("latitude", latitude);
    const response = await fetch(doc.body.dataset.where, {
      method: "POST", body, credentials: "same-origin", cache: "no-store", redirect: "manual",
      headers: { "Accept": "application/json", "X-Account": account, "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    if (!response.ok) { return; }
    const found = await response.json();
    const still = form.elements.longitude.value === String(longitude) && form.elements.latitude.value === String(latitude);
    if (!still || !found.words) { return; }
    locateWords("（" + found.words + "）");
    /* what was chosen by hand since the tap stays */
    if (found.grid && form.elements.grid.value === grid) { form.elements.grid.value = found.grid; quietly(); }
  }

  /* no place is sent without its tick to be seen, and none of an hour ago */
  function restorePlace(draft) {
    const box = one("[data-locate]", form);
    const age = Date.now() - (draft.locatedAt || 0);
    if (box && !one("[data-locate-field]", form).hidden && age >= 0 && age < RECENT) {
      box.checked = true;
      locatedAt = draft.locatedAt;
      locateWords(FOUND);
    } else if (box) {
      form.elements.longitude.value = form.elements.latitude.value = "";
    }
  }

  function watchPlace() {
    const box = one("[data-locate]", form);
    if (!box || !self.isSecureContext || !navigator.geolocation) { return; }
    one("[data-locate-field]", form).hidden = false;
    box.checked = false;  // a browser may bring back what stood in a form
    form.elements.longitude.value = form.elements.latitude.value = "";
    box.addEventListener("change", () => {
      if (!box.checked) { setPlace("", "", ""); return; }
      const grid = form.elements.grid.value;
      locateWords("（正在取…）");
      navigator.geolocation.getCurrentPosition(
        (found) => {
          if (!box.checked) { return; }
          setPlace(found.coords.longitude, found.coords.latitude, FOUND);
          sayWhere(found.coords.longitude, found.coords.latitude, grid).catch(() => {});
        },
        () => { box.checked = false; setPlace("", "", "（取不到，写在“在哪”里就行）"); },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }

  /* ---------- the duty list: the last ones used, and a search ---------- */
  function choose(duty, category) {
    form.elements.duty.value = duty;
    const chip = all("input[name=category]", form).find((el) => el.value === category);
    if (chip) { chip.checked = true; }
    quietly();
  }

  function watchDuties() {
    const select = form.elements.duty;
    if (!select) { return; }
    const label = (name) => all("input[name=category]", form).find((el) => el.labels[0].textContent.trim() === name);
    all("[data-duty]", form).forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => choose(button.dataset.duty, button.dataset.category));
    });
    const marked = () => all("[data-duty]", form).forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.duty === select.value));
    });
    form.addEventListener("click", marked);
    form.addEventListener("change", (event) => {
      if (event.target === select && select.value) {
        const chip = label(select.selectedOptions[0].parentNode.label);
        if (chip) { chip.checked = true; }
      } else if (event.target.name === "category") {
        const chosen = select.selectedOptions[0];
        if (chosen && chosen.value && label(chosen.parentNode.label) !== event.target) { select.value = ""; }
      }
      marked();
    });
    const search = one("[data-duty-search]", form);
    const whole = Array.from(select.children, (child) => child.cloneNode(true));
    search.hidden = false;
    search.addEventListener("input", () => {
      const wanted = search.value.trim();
      const value = select.value;
      select.replaceChildren(...whole.map((child) => child.cloneNode(true)));
      all("optgroup option", select).forEach((option) => {
        if (wanted && !option.textContent.includes(wanted) && option.value !== value) { option.remove(); }
      });
      all("optgroup", select).filter((group) => !group.children.length).forEach((group) => group.remove());
      select.value = value;
      select.size = wanted ? Math.min(6, 1 + all("option", select).length) : 0;
    });
  }

  /* ---------- submitting: into the queue first, then up ---------- */
  function say(text) {
    said.textContent = text;
    said.hidden = !text;
    if (text) { said.focus(); said.scrollIntoView(); }
  }

  function missing(values) {
    if (kind !== "report") { return ""; }
    if (!values.category && !values.duty) { return "还没选类别，点一个"; }
    return values.text.trim() ? "" : "还没写看到了什么，说一句";
  }

  function busy(button, isBusy) {
    form.toggleAttribute("data-busy-now", isBusy);
    all("button[type=submit]", form).forEach((el) => { el.disabled = isBusy; });
    if (button) {
      button.words = button.words || button.textContent;
      button.textContent = isBusy ? button.dataset.busy : button.words;
    }
  }

  function finish(text) {
    finished = true;
    form.hidden = true;
    if (restored) { restored.hidden = true; }
    say("");
    const done = one("[data-done]");
    one("[data-done-words]", done).textContent = text;
    done.hidden = false;
    done.focus();
    scrollTo(0, 0);
  }

  const atMost = (work, time) => Promise.race([work, new Promise((done) => { setTimeout(done, time, { state: "slow", sent: [] }); })]);

  async function submit(button) {
    const values = fields();
    const wrong = missing(values);
    if (wrong) { say(wrong); return; }
    busy(button, true);
    await picked.taken();  // a photo picked just now is still being made small
    const now = new Date().toISOString();
    if ("reported_at" in values) { values.reported_at = now; }
    const item = {
      id: values.client_id, account, kind, at: now, fields: values, photos: picked.photos.slice(),
      url: form.getAttribute("action"), photosUrl: doc.body.dataset.photos, tries: 0, next: 0,
    };
    try {
      await queue.put("queue", item);
    } catch (error) {
      busy(button, false);
      tellFull();
      return;
    }
    finished = true;
    await queue.drop("drafts", key()).catch(() => {});
    doc.dispatchEvent(new CustomEvent("queued"));
    await atMost(self.phoneSend(true), 8000);
    const left = await queue.get("queue", item.id);
    if (left && left.refused && !left.sent) {
      finished = false;
      await queue.drop("queue", item.id);
      doc.dispatchEvent(new CustomEvent("queued"));
      await quietly();
      busy(button, false);
      say(left.refused);
    } else {
      finish(await became(item, left));
    }
  }

  /* there is no room to keep it: with a net it can go up at once, as it would without a script */
  function tellFull() {
    say(self.phonePhotos.FULL);
    if (navigator.onLine === false) { return; }
    const straight = doc.createElement("button");
    straight.type = "button";
    straight.className = "btn";
    straight.textContent = "不存手机，直接提交";
    straight.addEventListener("click", async () => {
      straight.disabled = true;
      const net = await self.phoneNet();
      if (net !== "here") {
        say(self.phoneAway(net));
        return;
      }
      finished = true;
      await queue.drop("drafts", key()).catch(() => {});
      goAsItIs();
    });
    said.appendChild(straight);
  }

  const goAsItIs = () => picked.intoForm().then(() => form.submit());

  async function became(item, left) {
    const told = self.phoneSent[item.id] || (left && left.sent);
    return told || "存在手机里了，有网自动传。";
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!ready) { goAsItIs(); return; }
    if (!form.hasAttribute("data-busy-now") && !finished) { submit(event.submitter); }
  });
  form.addEventListener("input", quietly);
  form.addEventListener("change", quietly);

  async function begin() {
    if (account) {
      await queue.put("meta", { key: "account", value: account }).catch(() => {});
    } else {
      account = ((await queue.get("meta", "account")) || {}).value || "";
    }
    if (!account) { return; }
    watchPhotos();
    watchPlace();
    watchDuties();
    if (kind !== "report" || one(".errors:not([hidden])") || !(await restore())) {
      form.elements.client_id.value = queue.newId();
    }
    ready = true;
    form.setAttribute("data-ready", "");
  }

  begin().catch(() => { ready = false; });
})();
