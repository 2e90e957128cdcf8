// Forms with files work without this. It shows what was chosen and refuses at once what the server would refuse.
const part = document.querySelector("[data-upload]");
const form = part?.closest("form");
const refusal = part?.querySelector("[data-refusal]");
const limits = part?.dataset;

const size = (bytes) =>
  bytes < 1024 ** 2 ? `${Math.max(Math.round(bytes / 1024), 1)} KB` : `${(bytes / 1024 ** 2).toFixed(1).replace(".", ",")} MB`;

const chosen = () => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);

// The first rule that the files chosen so far break, as a sentence about the file chosen last.
const broken = (files) => {
  const large = files.find((file) => file.size > limits.fileBytes);
  if (large) return limits.tooLarge.replace("%name%", large.name);
  const all = chosen();
  const last = files.at(-1).name;
  if (all.length > limits.files) return limits.tooMany.replace("%name%", last);
  const total = all.reduce((sum, file) => sum + file.size, 0);
  return total > limits.room ? limits.tooMuch.replace("%name%", last) : "";
};

form?.addEventListener("change", ({ target }) => {
  if (target.type !== "file") return;
  const files = [...target.files];
  const sentence = files.length ? broken(files) : "";
  if (sentence) target.value = "";
  refusal.querySelector("p").textContent = sentence;
  refusal.hidden = !sentence;
  const state = target.closest("[data-input]").querySelector("[data-state]");
  state.dataset.before ??= state.textContent;
  const list = [...target.files].map((file) => `${file.name} · ${size(file.size)}`).join("; ");
  state.textContent = list || state.dataset.before;
});
