// A page with nothing but its bar.
import "../frame.js";
