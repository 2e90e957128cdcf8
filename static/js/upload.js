// Forms with files work without this. It sends each file as soon as it is chosen, dropped or pasted, ahead of the form.
const part = document.querySelector("[data-upload]");
const form = part?.closest("form");
const says = part?.dataset;
const AT_ONCE = 2; // files on their way; the others wait for their turn
const uploads = new Set(); // what is not stored: { input, file, row, request }; stopped: lost on its way, or refused
let held = null; // the button that sent the form while files were still on their way

const size = (bytes) =>
  bytes < 1024 ** 2
    ? `${Math.max(Math.round(bytes / 1024), 1)} KB`
    : `${(bytes / 1024 ** 2).toFixed(1).replace(".0", "").replace(".", ",")} MB`;
const named = (sentence, name) => sentence.replace("%name%", () => name);
const say = (sentence) => { part.querySelector("[data-said]").textContent = sentence; };
const stored = () => [...form.querySelectorAll("[data-bytes]")].map((row) => Number(row.dataset.bytes));
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const room = form ? Number(says.room) + sum(stored()) : 0;
const busy = () => [...uploads].some((upload) => !upload.stopped);
const unsent = () => [...uploads].some((upload) => !upload.refused);

// The first rule that one more file would break, as a sentence.
const broken = (file) => {
  if (file.size > says.fileBytes) return named(says.tooLarge, file.name);
  const others = [...uploads].filter((upload) => !upload.stopped).map((upload) => upload.file.size);
  if (stored().length + others.length >= says.files) return named(says.tooMany, file.name);
  return sum([...stored(), ...others, file.size]) > room ? named(says.tooMuch, file.name) : "";
};

const tidy = () => {
  for (const list of form.querySelectorAll("[data-chosen]")) list.hidden = !list.querySelector("li");
};

// A browser's own file box speaks its own language: a button of ours stands for it.
const dress = () => {
  for (const input of form.querySelectorAll("input[type=file]:not(.visually-hidden)")) {
    input.classList.add("visually-hidden");
    form.querySelector(`label.btn[for="${input.id}"]`).hidden = false;
  }
  for (const hint of form.querySelectorAll("[data-hint]")) hint.hidden = false;
  tidy();
};

// A box for one file gives its place to the line of that file; a box for many lists them.
const place = ({ input, row }) => {
  const box = input.closest("[data-input]");
  const list = box.querySelector("[data-chosen]");
  if (list) {
    list.append(row);
  } else {
    row.querySelector("[data-need]").textContent = box.querySelector("label").textContent;
    row.querySelector("[data-need]").hidden = false;
    box.after(row);
    box.hidden = true;
  }
  for (let box = row.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  tidy();
};

const drop = (upload, fresh = null) => {
  uploads.delete(upload);
  upload.request?.abort();
  const box = upload.input.closest("[data-input]");
  if (fresh && box.hidden) box.remove();
  else box.hidden = false;
  if (fresh) upload.row.replaceWith(fresh);
  else upload.row.remove();
  tidy();
};

const draw = ({ row, file }, state, { why = "", retry = false, cancel = true, done = null } = {}) => {
  row.querySelector("[data-state]").textContent = state;
  row.querySelector("[data-why]").hidden = !why;
  row.querySelector("[data-why] p").textContent = why;
  row.querySelector("[data-retry]").hidden = !retry;
  const button = row.querySelector("[data-cancel]");
  button.hidden = !cancel;
  button.firstChild.data = why ? says.remove : says.cancel;
  const bar = row.querySelector("progress");
  bar.hidden = done === null;
  bar.value = done ?? 0;
  bar.setAttribute("aria-label", named(says.progress, file.name));
};

const stop = (upload, why, retry) => {
  upload.stopped = true;
  upload.refused = !retry;
  upload.request = null;
  draw(upload, upload.file.name, { why, retry });
  if (held) say(says.unsent);
  held = null;
  next();
};

const finish = (upload, html) => {
  const box = document.createElement("template");
  box.innerHTML = html;
  const fresh = box.content.querySelector("li");
  document.getElementById(fresh.id)?.remove(); // the same file chosen twice is stored once
  drop(upload, fresh);
  htmx.process(fresh);
  say(named(says.stored, upload.file.name));
  next();
};

const answered = (upload, request) => {
  const type = request.getResponseHeader("Content-Type") ?? "";
  if (request.status === 200) finish(upload, request.responseText);
  else if (type.startsWith("text/plain")) stop(upload, request.responseText, request.status === 507);
  else stop(upload, named(says.failed, upload.file.name), true);
};

const send = (upload) => {
  const { file, input } = upload;
  const body = new FormData(form); // the words too, so that the draft can be drawn again with this file
  for (const other of form.querySelectorAll("input[type=file]")) body.delete(other.name);
  body.append("tiket", says.ticket);
  body.append(input.name, file, file.name);
  const request = new XMLHttpRequest();
  upload.request = request;
  const show = (loaded) => {
    const state = named(says.uploading, file.name).replace("%done%", size(loaded)).replace("%size%", size(file.size));
    draw(upload, state, { done: file.size ? Math.min((100 * loaded) / file.size, 100) : 0 });
  };
  request.upload.addEventListener("progress", ({ loaded }) => show(Math.min(loaded, file.size)));
  request.upload.addEventListener("load", () =>
    draw(upload, named(says.checking, file.name), { cancel: false, done: 100 }),
  );
  request.addEventListener("load", () => answered(upload, request));
  request.addEventListener("error", () => stop(upload, named(says.lost, file.name), true));
  request.open("POST", says.upload);
  request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
  show(0);
  request.send(body);
};

// Begin what may begin; once nothing is left, send the form that waited.
function next() {
  const going = [...uploads].filter((upload) => upload.request).length;
  const waiting = [...uploads].filter((upload) => !upload.request && !upload.stopped);
  waiting.slice(0, AT_ONCE - going).forEach(send);
  if (!held || unsent()) return;
  const { button } = held;
  held = null;
  form.requestSubmit(button);
}

const add = (input, files) => {
  const own = input.multiple ? files : files.slice(0, 1);
  for (const file of own) {
    const row = part.querySelector("template").content.firstElementChild.cloneNode(true);
    const upload = { input, file, row };
    for (const name of row.querySelectorAll("[data-name]")) name.textContent = ` ${file.name}`;
    row.querySelector("[data-state]").append(file.name);
    row.querySelector("[data-cancel]").addEventListener("click", () => {
      drop(upload);
      say(named(says.cancelled, file.name));
      input.focus();
      next();
    });
    row.querySelector("[data-retry]").addEventListener("click", () => {
      upload.stopped = false;
      draw(upload, file.name);
      next();
    });
    place(upload);
    const why = broken(file);
    uploads.add(upload);
    if (why) stop(upload, why, false);
  }
  next();
  const rest = files.slice(own.length);
  if (rest.length && form.elements.files) add(form.elements.files, rest);
};

const choose = ({ target }) => {
  if (target.type !== "file") return;
  const files = [...target.files];
  target.value = "";
  add(target, files);
};

// What a screenshot tool leaves in the clipboard has no name of its own; a copied table is text and a picture.
const paste = (event) => {
  const { files, types } = event.clipboardData;
  const elsewhere = event.target.closest?.("form") ?? form;
  if (!files.length || types.includes("text/plain") || elsewhere !== form || !form.elements.files) return;
  event.preventDefault();
  const time = new Date().toTimeString().slice(0, 8).replaceAll(":", ".");
  const shot = (file) => new File([file], `tangkapan-layar-${time}.png`, { type: file.type });
  add(form.elements.files, [...files].map((file) => (file.name === "image.png" ? shot(file) : file)));
};

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const light = (target) => {
  for (const box of document.querySelectorAll(".drop")) {
    box.classList.toggle("border-primary", form.contains(target) && box.closest("form") === form);
  }
};

const over = (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault(); // a file let go beside the form must not replace the page
  light(event.type === "dragleave" ? event.relatedTarget : event.target);
};

const letGo = (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  light(null);
  const input = event.target.closest("[data-input]")?.querySelector("input[type=file]") ?? form.elements.files;
  if (form.contains(event.target) && input) add(input, [...event.dataTransfer.files]);
};

const submit = (event) => {
  if (event.submitter?.hasAttribute("formaction") || !unsent()) return;
  event.preventDefault();
  if (busy()) {
    held = { button: event.submitter };
    say(says.waiting);
  } else {
    say(says.unsent);
    form.querySelector("[data-retry]:not([hidden])").scrollIntoView({ block: "center" });
  }
};

if (form) {
  dress();
  form.addEventListener("change", choose);
  form.addEventListener("submit", submit);
  document.addEventListener("paste", paste);
  for (const kind of ["dragenter", "dragover", "dragleave"]) document.addEventListener(kind, over);
  document.addEventListener("drop", letGo);
  document.addEventListener("htmx:load", dress);
  document.addEventListener("htmx:afterSettle", tidy);
  addEventListener("beforeunload", (event) => { if (busy()) event.preventDefault(); });
}
