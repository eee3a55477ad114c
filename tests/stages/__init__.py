"""What the stages share: a Debian root in namespaces of its own, booted, and the lines that its steps print."""
