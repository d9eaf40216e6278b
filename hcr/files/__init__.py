"Files: what is in them, which there are to read, and where they are fetched from"
