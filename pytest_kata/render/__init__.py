"""How things look: `terminal` for pytest's screen and the `kata` command."""
