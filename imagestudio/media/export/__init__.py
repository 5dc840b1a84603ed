"""Pictures to take away: converted, with their recipe, many at once."""
