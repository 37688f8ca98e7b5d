"""Knowledge as plain values: no framework, no file, no clock of its own."""
