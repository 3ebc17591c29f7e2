"""The command line: each command reads its arguments, calls services, and says what to do next."""
