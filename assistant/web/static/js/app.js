// The agent's desk: words in, suggestion out, everything by keyboard.
import { Desk } from "./desk.js";
import { bindKeys } from "./keys.js";
import { byId } from "./dom.js";

const desk = new Desk();
const help = byId("help");

bindKeys({
  focusBox: () => desk.focusBox(),
  clear: () => desk.clear(),
  choose: (index) => desk.choose(index),
  chooseFirst: () => desk.chooseFirst(),
  confirm: () => desk.confirm(),
  copy: () => desk.copy(),
  option: (number) => desk.option(number),
  help: () => help.showModal(),
  helpOpen: () => help.open,
});

help.addEventListener("keydown", (event) => {
  if (event.key !== "?" && event.key !== "？") return;
  event.preventDefault();
  help.close();
});
byId("help-button").addEventListener("click", () => help.showModal());
byId("sign-out").addEventListener("click", () => desk.leave());
