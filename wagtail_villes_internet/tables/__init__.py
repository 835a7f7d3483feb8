"""Lists that people keep in spreadsheets: read from a file, whatever its columns are called."""
