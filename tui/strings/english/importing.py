"""`pantau import`, and the watched folder of a shop whose orders come in files."""

TEXT = {
    "import.no_shop": "No shop in config.toml: a file is always read for a shop. Write these lines there:",
    "import.unknown_shop": "There is no shop {name} in config.toml; there are: {names}",
    "import.which_shop": "For which shop? Name it with --shop: {names}",
    "file.problem.no_file": "there is no such file. Look at its name and folder.",
    "problem.no_folder": "The folder of files (watch_dir) is not there or may not be read",
    "problem.bad_export": "A file cannot be used (see I)",
}
