"""Words in other languages, as people meet them: who reads what, who doubts it, and who puts it right."""
