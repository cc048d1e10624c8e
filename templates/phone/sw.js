/* The service worker of this build. Pages come from the net first; files of the build from the phone. */
"use strict";

const BUILD = "{{ build }}";
const FILES = "phone-files-" + BUILD;
const PAGES = "phone-pages-" + BUILD;
const OFFLINE = "{% url "phone:offline" %}";
const HOME = "{% url "phone:home" %}";
const SESSION = "{% url "orgs:session" %}";
/* Forms and the first page are kept; lists of people's matters are not. The first page no longer than a session. */
const KEPT = ["{% url "phone:report" %}", "{% url "phone:report" %}?who=self", "{% url "phone:patrol" %}", "{% url "phone:help" %}"];
const HOME_LASTS = {{ keep_for }} * 1000;
const NET_WAIT = 6000;
const STATIC = [{% for file in files %}"{{ file }}", {% endfor %}];

importScripts("{{ queue }}");

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES)
    .then((files) => files.addAll([...STATIC, OFFLINE]))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names
      .filter((name) => name.startsWith("phone-") && name !== FILES && name !== PAGES)
      .map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

function nameOf(url) {
  const parts = new URL(url);
  return parts.pathname + parts.search;
}

const isKept = (name) => name === HOME || KEPT.includes(name);

/* The pages of one person go as soon as another's come, or the session has ended. */
async function keep(name, response) {
  const account = response.headers.get("X-Account") || "";
  const pages = await caches.open(PAGES);
  const home = await pages.match(HOME);
  if (account && home && home.headers.get("X-Account") !== account) { await caches.delete(PAGES); }
  await (await caches.open(PAGES)).put(name, response);
}

async function kept(name) {
  const found = await (await caches.open(PAGES)).match(name);
  if (!found || name !== HOME) { return found; }
  const age = Date.now() - Date.parse(found.headers.get("Date"));
  return age < HOME_LASTS ? found : undefined;
}

function fromNet(request) {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error("slow")), NET_WAIT);
    fetch(request).then(done, failed).finally(() => clearTimeout(timer));
  });
}

async function page(request) {
  const name = nameOf(request.url);
  try {
    const response = await fromNet(request);
    if (response.type === "opaqueredirect") { await caches.delete(PAGES); }
    if (response.ok && isKept(name)) { await keep(name, response.clone()); }
    return response;
  } catch (error) {
    return (await kept(name)) || (await (await caches.open(FILES)).match(OFFLINE)) || Response.error();
  }
}

async function file(request) {
  return (await (await caches.open(FILES)).match(request)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET") { return; }
  if (request.mode === "navigate") {
    event.respondWith(page(request));
  } else if (STATIC.includes(nameOf(request.url))) {
    event.respondWith(file(request));
  }
});

/* A page of a signed-in worker has been opened: the forms are fetched, to be there without a net. */
async function fetchForms() {
  for (const name of [HOME, ...KEPT]) {
    const response = await fetch(name, { credentials: "same-origin", redirect: "manual" });
    if (response.ok) { await keep(name, response); }
  }
}

self.addEventListener("message", (event) => {
  if (event.data && event.data.keep) { event.waitUntil(fetchForms().catch(() => {})); }
});

self.addEventListener("sync", (event) => {
  if (event.tag === "queue") { event.waitUntil(self.phoneQueue.flush(SESSION, true)); }
});
