"""The engine: takes events from the inbox, lets the core decide, commits, and sees to it that what was said goes out."""
