"""Routes of the pages for people: each finds what a page shows and renders it."""
