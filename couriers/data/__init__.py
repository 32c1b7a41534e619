"""Tables a person may correct without reading code: phrases, courier names and links, number patterns."""
