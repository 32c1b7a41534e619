"""The monitor (Textual) and the command line: read the store, write wishes, wait for nobody."""
