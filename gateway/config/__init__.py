"""home.toml: what may stand in it, what it means, what is doubtful in it, and where everything lies that it names."""
