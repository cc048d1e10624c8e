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
  const photos = [];
  let account = doc.body.dataset.account;
  let ready = false;
  let inCamera = false;
  let taking = Promise.resolve();
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
    return queue.put("drafts", { key: key(), account, fields: fields(), photos, inCamera });
  }

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
    photos.push(...draft.photos);
    photos.forEach(showPhoto);
    restored.textContent = draft.inCamera ? "刚才拍照时页面重开了，内容已恢复。" : "上次没提交的内容已恢复。";
    restored.appendChild(emptyButton());
    restored.hidden = false;
    return true;
  }

  /* ---------- photos ---------- */
  const picker = one("input[type=file]", form);
  const thumbs = one("[data-thumbs]", form);
  const photoError = one("[data-photo-error]", form);
  const most = picker ? Number(picker.dataset.most) : 0;

  function complain(text) {
    photoError.textContent = text;
    photoError.hidden = !text;
  }

  async function showPhoto(photo) {
    const row = doc.createElement("li");
    const button = doc.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = "删掉这张";
    button.addEventListener("click", () => {
      photos.splice(photos.indexOf(photo), 1);
      row.remove();
      keep();
    });
    row.appendChild(button);
    thumbs.appendChild(row);
    const picture = await self.phonePhotos.thumb(photo.blob).catch(() => null);
    if (picture) {
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", "照片");
      row.insertBefore(picture, button);
    }
  }

  async function takeAll(files) {
    complain("");
    for (const file of files) {
      if (photos.length >= most) { complain("最多 " + most + " 张照片。"); break; }
      try {
        const photo = { id: queue.newId(), blob: await self.phonePhotos.shrink(file) };
        photos.push(photo);
        await keep();
        showPhoto(photo);
      } catch (error) {
        complain("照片打不开，换成 jpg、png 格式的照片。");
      }
    }
    inCamera = false;
    await keep();
  }

  function take(files) {
    taking = taking.then(() => takeAll(files)).catch(() => {});
  }

  function watchPhotos() {
    if (!picker || !self.createImageBitmap) { return; }
    picker.classList.add("sr");
    one("[data-pick]", form).hidden = false;
    picker.addEventListener("click", () => { inCamera = true; keep(); });
    picker.addEventListener("change", () => {
      const files = Array.from(picker.files);
      picker.value = "";
      take(files);
    });
    picker.addEventListener("cancel", () => { inCamera = false; keep(); });
  }

  /* ---------- the place, only when tapped ---------- */
  function watchPlace() {
    const box = one("[data-locate]", form);
    if (!box || !self.isSecureContext || !navigator.geolocation) { return; }
    one("[data-locate-field]", form).hidden = false;
    const words = one("[data-locate-words]", form);
    const set = (longitude, latitude, text) => {
      form.elements.longitude.value = longitude;
      form.elements.latitude.value = latitude;
      words.textContent = text;
      keep();
    };
    box.addEventListener("change", () => {
      if (!box.checked) { set("", "", ""); return; }
      words.textContent = "（正在取…）";
      navigator.geolocation.getCurrentPosition(
        (found) => { if (box.checked) { set(found.coords.longitude, found.coords.latitude, "（取到了）"); } },
        () => { box.checked = false; set("", "", "（取不到，写在“在哪”里就行）"); },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }

  /* ---------- the duty list: the last ones used, and a search ---------- */
  function choose(duty, category) {
    form.elements.duty.value = duty;
    const chip = all("input[name=category]", form).find((el) => el.value === category);
    if (chip) { chip.checked = true; }
    keep();
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
    await taking;  // a photo picked just now is still being made small
    const now = new Date().toISOString();
    if ("reported_at" in values) { values.reported_at = now; }
    const item = {
      id: values.client_id, account, kind, at: now, fields: values, photos: photos.slice(),
      url: form.getAttribute("action"), photosUrl: doc.body.dataset.photos, tries: 0, next: 0,
    };
    await queue.put("queue", item);
    await queue.drop("drafts", key());
    finished = true;
    doc.dispatchEvent(new CustomEvent("queued"));
    await atMost(self.phoneSend(true), 8000);
    const left = await queue.get("queue", item.id);
    if (left && left.refused && !left.sent) {
      finished = false;
      await queue.drop("queue", item.id);
      doc.dispatchEvent(new CustomEvent("queued"));
      await keep();
      busy(button, false);
      say(left.refused);
    } else {
      finish(await became(item, left));
    }
  }

  async function became(item, left) {
    const told = self.phoneSent[item.id] || (left && left.sent);
    return told || "存在手机里了，有网自动传。";
  }

  form.addEventListener("submit", (event) => {
    if (!ready) { return; }
    event.preventDefault();
    if (!form.hasAttribute("data-busy-now") && !finished) { submit(event.submitter); }
  });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);

  async function begin() {
    if (account) {
      await queue.put("meta", { key: "account", value: account });
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
