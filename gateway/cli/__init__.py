"""The `wren` command, one module for each family of subcommands."""
