"""What survives a restart: the database and the picture files."""
