// Forms with files work without this. It shows what was chosen and refuses at once what the server would refuse.
const part = document.querySelector("[data-upload]");
const form = part?.closest("form");
const limits = part?.dataset;

const size = (bytes) =>
  bytes < 1024 ** 2
    ? `${Math.max(Math.round(bytes / 1024), 1)} KB`
    : `${(bytes / 1024 ** 2).toFixed(1).replace(".0", "").replace(".", ",")} MB`;

// The first rule that the files chosen so far break, as a sentence about one of those chosen last.
const broken = (files) => {
  const large = files.find((file) => file.size > limits.fileBytes);
  if (large) return limits.tooLarge.replace("%name%", large.name);
  const all = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  const last = files.at(-1).name;
  if (all.length > limits.files) return limits.tooMany.replace("%name%", last);
  const total = all.reduce((sum, file) => sum + file.size, 0);
  return total > limits.room ? limits.tooMuch.replace("%name%", last) : "";
};

// A browser's own file box speaks its own language: a button of ours stands for it, and its line says what was chosen.
const dress = () => {
  for (const input of form.querySelectorAll("input[type=file]:not(.visually-hidden)")) {
    input.classList.add("visually-hidden");
    form.querySelector(`label.btn[for="${input.id}"]`).hidden = false;
  }
};

const show = ({ target }) => {
  if (target.type !== "file") return;
  const files = [...target.files];
  const sentence = files.length ? broken(files) : "";
  if (sentence) target.value = "";
  const refusal = part.querySelector("[data-refusal]");
  refusal.querySelector("p").textContent = sentence;
  refusal.hidden = !sentence;
  const state = target.closest("[data-input]").querySelector("[data-state]");
  state.dataset.before ??= state.textContent;
  const chosen = [...target.files].map((file) => `${file.name} · ${size(file.size)}`).join("; ");
  state.textContent = chosen || state.dataset.before;
};

if (form) {
  dress();
  form.addEventListener("change", show);
  document.addEventListener("htmx:load", dress);
}
