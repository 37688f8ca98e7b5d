"""The HTTP face: routes of three lines over guards, one error shape, one wire format."""
