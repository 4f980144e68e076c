"""Files of works: BibTeX, RIS, CSL-JSON and CSV, read and written."""
