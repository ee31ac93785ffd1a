"""Language: interface texts in the reader's language, and the translation of what citizens write."""
