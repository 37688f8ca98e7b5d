// The agent's desk: words in, suggestion out, everything by keyboard.
import { openCall } from "./call.js";
import { Desk } from "./desk.js";
import { byId } from "./dom.js";
import { FeedbackBox } from "./feedback.js";
import { keepWords } from "./keeping.js";
import { bindKeys } from "./keys.js";
import { LabelBox } from "./labels.js";
import { OrderBox } from "./order.js";
import { ScriptBox } from "./script.js";

const desk = new Desk();
const help = byId("help");
const order = new OrderBox(desk);
const labels = new LabelBox(desk);
const feedback = new FeedbackBox(desk);
const script = new ScriptBox(desk);

bindKeys({
  focusBox: () => desk.focusBox(),
  clear: () => desk.clear(),
  choose: (index) => desk.choose(index),
  chooseFirst: () => desk.chooseFirst(),
  confirm: () => desk.confirm(),
  copy: () => desk.copy(),
  option: (number) => desk.option(number),
  order: () => order.open(),
  relabel: () => labels.open(),
  feedback: () => feedback.open(),
  script: () => script.open(),
  help: () => help.showModal(),
});

desk.acts = { order: () => order.open(), relabel: () => labels.open(), feedback: () => feedback.open() };
desk.onCleared = () => {
  order.forget();
  script.forget();
};
help.addEventListener("keydown", (event) => {
  if (event.key !== "?" && event.key !== "？") return;
  event.preventDefault();
  help.close();
});
byId("help-button").addEventListener("click", () => help.showModal());
byId("sign-out").addEventListener("click", () => desk.leave());
openCall(desk);
keepWords(desk, byId("account").dataset.name);
