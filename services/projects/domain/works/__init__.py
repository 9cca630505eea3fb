"""Works (施工): what was contracted, what inspections accepted, what is still wrong, and what may therefore be done."""
