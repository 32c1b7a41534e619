"""The command line: one file per group of commands, all of them thin over `jobs` and `store`."""
