/* The reader of identity cards on the desk of the window. readIdCard(options) gives
   {name, sex, birth, address, id} or fails with a sentence; a photo is never looked at. */
(() => {
  "use strict";

  const PATIENCE = 3000;
  const ABSENT = "没找到读卡器。插好后按 F8，或直接手输";
  const UNREAD = "没读到卡，把身份证平放在读卡器上再按 F8";
  /* what the vendors call the same five things */
  const NAMES = {
    name: ["name", "xm", "partyName", "姓名"],
    sex: ["sex", "gender", "xb", "性别"],
    birth: ["birth", "birthday", "bornDay", "csrq", "出生"],
    address: ["address", "addr", "certAddress", "zz", "住址"],
    id: ["id", "idNumber", "idCard", "citizenId", "certNumber", "sfzh", "公民身份号码"],
  };

  function pick(data, names) {
    const name = names.find((key) => typeof data[key] === "string" && data[key].trim());
    return name ? data[name].trim() : "";
  }

  function cardOf(answer) {
    if (!answer || typeof answer !== "object") { throw new Error(UNREAD); }
    const inner = [answer.data, answer.result, answer.resultContent, answer.certInfo].find((part) => part && typeof part === "object");
    const data = inner || answer;
    const card = {};
    Object.keys(NAMES).forEach((key) => { card[key] = pick(data, NAMES[key]); });
    card.id = card.id.toUpperCase();
    if (!/^\d{17}[\dX]$/.test(card.id)) { throw new Error(UNREAD); }
    return card;
  }

  function byHttp(address) {
    const stop = new AbortController();
    const timer = setTimeout(() => { stop.abort(); }, PATIENCE);
    return fetch(address, { signal: stop.signal, cache: "no-store", credentials: "omit" })
      .catch((error) => { throw new Error(error.name === "AbortError" ? UNREAD : ABSENT); })
      .then((response) => {
        if (!response.ok) { throw new Error(UNREAD); }
        return response.json().catch(() => { throw new Error(UNREAD); });
      })
      .then((answer) => { clearTimeout(timer); return cardOf(answer); }, (error) => { clearTimeout(timer); throw error; });
  }

  function byWebsocket(address) {
    return new Promise((resolve, reject) => {
      let socket = null;
      const settle = (act, value) => { clearTimeout(timer); if (socket) { socket.onclose = null; socket.close(); } act(value); };
      const timer = setTimeout(() => { settle(reject, new Error(UNREAD)); }, PATIENCE);
      try { socket = new WebSocket(address); } catch (error) { settle(reject, new Error(ABSENT)); return; }
      socket.onopen = () => { socket.send("readIdCard"); };
      socket.onerror = socket.onclose = () => { settle(reject, new Error(ABSENT)); };
      socket.onmessage = (event) => {
        try { settle(resolve, cardOf(JSON.parse(event.data))); } catch (error) { settle(reject, new Error(UNREAD)); }
      };
    });
  }

  /* it types the number like a keyboard; the listener of the scanner catches it */
  function byWedge() {
    return new Promise((resolve, reject) => {
      const caught = (event) => {
        clearTimeout(timer);
        document.removeEventListener("card", caught);
        event.preventDefault();
        resolve({ name: "", sex: "", birth: "", address: "", id: event.detail.value });
      };
      const timer = setTimeout(() => { document.removeEventListener("card", caught); reject(new Error(UNREAD)); }, PATIENCE);
      document.addEventListener("card", caught);
    });
  }

  window.readIdCard = (options) => {
    const address = options.address || "";
    if (options.driver === "http" && address) { return byHttp(address); }
    if (options.driver === "websocket" && address) { return byWebsocket(address); }
    if (options.driver === "wedge") { return byWedge(); }
    return Promise.reject(new Error(ABSENT));
  };
})();
